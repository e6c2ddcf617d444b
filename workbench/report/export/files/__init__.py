"""Files for statistics programs: SPSS, SAS, Stata and Excel, with everything that a codebook knows inside."""

from workbench.report.export.files.excel import write_excel
from workbench.report.export.files.sas import write_sas
from workbench.report.export.files.spss import write_spss
from workbench.report.export.files.stata import write_stata
from workbench.report.export.files.variables import Variable
from workbench.report.export.files.written import Written

__all__ = ["Variable", "Written", "write_excel", "write_sas", "write_spss", "write_stata"]
