"""The table of sampling designs: each lies in one file of this folder, and is one line here."""

from collections.abc import Mapping

from workbench.sampling.design import SamplingDesign, designs_in

# a line here registers a design: its name in wave.yaml, its settings, how it draws and what its variance rests on
from workbench.sampling.designs.cluster import Cluster as Cluster
from workbench.sampling.designs.poisson import Poisson as Poisson
from workbench.sampling.designs.proportional_to_size import ProportionalToSize as ProportionalToSize
from workbench.sampling.designs.simple_random import SimpleRandom as SimpleRandom
from workbench.sampling.designs.stratified import Stratified as Stratified
from workbench.sampling.designs.systematic import Systematic as Systematic
from workbench.sampling.designs.two_stage import TwoStage as TwoStage

DESIGNS: Mapping[str, type[SamplingDesign]] = designs_in(globals())
