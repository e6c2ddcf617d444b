// One language at a time in JupyterLab: cells tagged `lang-zh` or `lang-en` are shown in the language that the
// notebook's toolbar names, and tables and pictures computed from then on follow it.
//
// JupyterLab takes extensions as containers of modules. This one is written by hand, without a bundler: it needs two
// modules that JupyterLab shares, and nothing of its own.
'use strict';
(() => {
  const LANGUAGES = { 'zh-CN': '中文', en: 'English', both: '中文 + English' };
  const TAGS = { 'zh-CN': 'lang-en', en: 'lang-zh' }; // the tag that is hidden
  const KEPT = 'workbench-language';
  let shared = null;

  const ofJupyterLab = async name => {
    // several versions may be shared; any that JupyterLab has loaded is the one whose tokens count
    const versions = Object.values(shared[name]);
    const module = versions.find(v => v.loaded) || versions[0];
    return (await module.get())();
  };

  const chosen = () => {
    const kept = window.localStorage.getItem(KEPT);
    if (kept in LANGUAGES) return kept;
    return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
  };

  const tagsOf = cell => {
    const model = cell.model;
    return (model.getMetadata ? model.getMetadata('tags') : model.metadata.get('tags')) || [];
  };

  const show = panel => {
    const hidden = TAGS[chosen()];
    for (const cell of panel.content.widgets) {
      if (tagsOf(cell).some(tag => tag.startsWith('lang-'))) cell.setHidden(tagsOf(cell).includes(hidden));
    }
  };

  const tellKernel = panel => {
    const kernel = panel.sessionContext.session && panel.sessionContext.session.kernel;
    if (!kernel || chosen() === 'both') return;
    const code = `import os; os.environ["WORKBENCH_LANGUAGE"] = "${chosen()}"`;
    kernel.requestExecute({ code, silent: true, store_history: false });
  };

  const picker = (Widget, panels, panel) => {
    const select = document.createElement('select');
    select.className = 'workbench-language';
    select.title = '语言 / Language';
    select.setAttribute('aria-label', '语言 / Language');
    for (const [value, name] of Object.entries(LANGUAGES)) {
      const option = document.createElement('option');
      option.value = value;
      option.textContent = name;
      select.append(option);
    }
    select.value = chosen();
    Object.assign(select.style, { border: 'none', background: 'transparent', color: 'inherit', font: 'inherit' });
    select.addEventListener('change', () => {
      window.localStorage.setItem(KEPT, select.value);
      for (const other of panels) {
        other.show();
        other.select.value = select.value;
      }
    });
    panel.toolbar.insertItem(10, 'workbench-language', new Widget({ node: select }));
    return select;
  };

  const activate = async (app, tracker) => {
    const { Widget } = await ofJupyterLab('@lumino/widgets');
    const panels = new Set();
    const isOurs = panel => [...panel.content.widgets].some(cell => tagsOf(cell).some(t => t.startsWith('lang-')));

    const begin = panel => {
      if (!isOurs(panel)) return;
      const entry = { show: () => { show(panel); tellKernel(panel); } };
      entry.select = picker(Widget, panels, panel);
      panels.add(entry);
      entry.show();
      // a kernel that has just started knows nothing of the language yet
      let fresh = true;
      panel.sessionContext.statusChanged.connect((_, status) => {
        if (status === 'starting' || status === 'restarting' || status === 'autorestarting') fresh = true;
        if (status === 'idle' && fresh) { fresh = false; tellKernel(panel); }
      });
      panel.content.model.cells.changed.connect(() => requestAnimationFrame(() => show(panel)));
      panel.disposed.connect(() => panels.delete(entry));
    };

    const taken = async panel => {
      await panel.context.ready;
      await panel.revealed;
      begin(panel);
    };
    tracker.forEach(panel => { void taken(panel); });
    tracker.widgetAdded.connect((_, panel) => { void taken(panel); });
  };

  const container = {
    init: async scope => { shared = scope; },
    get: async module => {
      if (module !== './extension') throw new Error(`workbench-desk has no module ${module}`);
      const { INotebookTracker } = await ofJupyterLab('@jupyterlab/notebook');
      const plugin = { id: 'workbench-desk:language', autoStart: true, requires: [INotebookTracker], activate };
      return () => ({ __esModule: true, default: plugin });
    }
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['workbench-desk'] = container;
})();
