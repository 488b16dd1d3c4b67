/* One meeting on screen: runs its cells when it opens and again after the kernel broke,
   and keeps what was typed meanwhile. */

import { notice, hideNotice } from './notice.js';
import { Memory } from './memory.js';
import { improve } from './names.js';
import { Growing } from './grow.js';
import { Clocks } from './timer.js';

const WAIT = 'Even wachten, je antwoorden zijn bewaard.';
/* A kernel that is idle for so long while the page waits for it, will not come by itself. */
const LOOK = 5000;
const LOOKS = 4;
const TRIES = 2;

export class Sheet {
  constructor(app, panel, bar) {
    this.app = app;
    this.panel = panel;
    this.bar = bar;
    this.broken = false;
    this.memory = new Memory(panel.content.node);
    this.growing = new Growing(panel.content.node);
    this.clocks = new Clocks(panel.content.node, bar.room.start);
    panel.node.classList.add('leefbaar-sheet');
    panel.toolbar.hide();
    panel.context.model.stateChanged?.connect(() => this.markClean());
    panel.context.model.contentChanged?.connect(() => this.markClean());
    new MutationObserver(() => this.finish())
      .observe(panel.content.node, { childList: true, subtree: true });
    panel.sessionContext.statusChanged.connect((_, status) => this.onStatus(status));
    /* A click overtakes a choice that is still on its way: so the choice is told first. */
    panel.content.node.addEventListener('click', ({ target }) => {
      if (target.closest?.('.leefbaar-knop')) this.tell({ type: 'typed' });
    }, true);
    window.addEventListener('pagehide', () => this.tell({ type: 'leave' }));
    this.open();
  }

  /* A locked copy holds nothing worth saving, so leaving the page need not be asked. */
  markClean() {
    if (this.panel.context.model.dirty) this.panel.context.model.dirty = false;
  }

  get scroller() {
    return this.panel.content.node.querySelector('.jp-WindowedPanel-outer') || this.panel.content.node;
  }

  async open() {
    this.block();
    notice('Even geduld, de oefeningen worden klaargezet…', 'Alles blijft op deze computer.');
    await this.panel.sessionContext.ready;
    await this.panel.revealed;
    if (this.panel.sessionContext.session?.kernel) await this.run();
    this.scroller.scrollTop = 0;
    this.unblock();
  }

  async run() {
    if (this.app.shell.currentWidget !== this.panel) this.app.shell.activateById(this.panel.id);
    await this.app.commands.execute('notebook:run-all-cells');
    this.panel.content.activeCellIndex = 0;
    this.markClean();
    this.connect();
  }

  goTo(id) {
    const cell = this.panel.content.widgets.find(({ model }) => model.id === id);
    if (!cell) return;
    cell.node.scrollIntoView();
    /* Tab goes on from there. */
    const first = cell.node.querySelector('h1, h2, h3');
    first?.setAttribute('tabindex', '-1');
    first?.focus({ preventScroll: true });
  }

  block() {
    this.panel.content.node.inert = true;
  }

  /* Run again when the kernel is back and the page still waits: a reply may have been lost. */
  watch() {
    let idle = 0;
    let tries = 0;
    clearInterval(this.watching);
    this.watching = setInterval(() => {
      if (!this.panel.content.node.inert || tries === TRIES) {
        clearInterval(this.watching);
        return;
      }
      const status = this.panel.sessionContext.session?.kernel?.status;
      idle = status === 'idle' ? idle + 1 : 0;
      if (idle < LOOKS) return;
      idle = 0;
      tries += 1;
      this.recover();
    }, LOOK);
  }

  /* What the page shows gets what only this extension gives. */
  finish() {
    improve(this.panel.content.node);
    this.growing.all();
    this.clocks.find();
  }

  unblock() {
    this.finish();
    this.panel.content.node.inert = false;
    hideNotice();
  }

  onStatus(status) {
    if (['restarting', 'autorestarting', 'dead', 'terminating'].includes(status)) this.breakDown(status);
    else if (status === 'idle' && this.broken) this.recover();
  }

  breakDown(status) {
    if (this.bar.stopping) return;
    if (!this.broken) {
      this.broken = true;
      this.clocks.rememberFocus();
      this.memory.rememberPlace(this.scroller);
      this.block();
      notice(WAIT);
      this.watch();
    }
    if (status === 'dead') this.panel.sessionContext.restartKernel().catch(() => {});
  }

  async recover() {
    this.broken = false;
    await this.run();
    this.unblock();
    if (this.broken) return;
    this.memory.putBack(this.scroller);
    this.clocks.giveFocusBack();
  }

  /* The line to the kernel over which the name in use and what was saved are told. */
  connect() {
    const kernel = this.panel.sessionContext.session?.kernel;
    if (!kernel) return;
    const comm = kernel.createComm('leefbaar');
    comm.onMsg = ({ content }) => this.onMessage(content.data);
    comm.open({});
    this.comm = comm;
  }

  onMessage(message) {
    if (message.type === 'saved') this.memory.forget(message.fields);
    else if (message.type === 'who') {
      this.bar.showWho(message);
      if (!this.broken) this.unblock();
    }
    else if (message.type === 'look') this.goTo(message.exercise);
    else if (message.type === 'flushed') this.flushed?.();
  }

  /* A field sends one key at a time and the next only when the kernel has taken it; so what
     is told carries all that was typed. */
  tell(message) {
    this.comm?.send({ ...message, typed: this.memory.unsaved() });
  }

  /* Resolves when the kernel has written all that was typed. */
  flush() {
    return new Promise((resolve) => {
      this.flushed = resolve;
      this.tell({ type: 'flush' });
    });
  }

  /* Another person, or another name. Keys still on their way belong to whoever typed them, so
     the kernel takes those first, and nothing is typed until it tells who is answering now. */
  async change(message) {
    this.block();
    await this.flush();
    if (message.type !== 'rename') this.memory.clear();
    this.tell(message);
  }
}
