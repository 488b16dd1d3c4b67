/* A clock above the steps of a werkvorm. It goes by the clock of the computer and keeps its
   state in the page's storage, so that a busy page, a reload or a dead kernel costs no second. */

const TICK = 250; // ms; only to draw, never to count
const MINUTE = 60_000;
const STORE = 'leefbaar-klok';

/* Every Dutch word of a clock; the words about the theme come from the notebook. */
const WORDS = {
  start: 'Start',
  pause: 'Pauze',
  go: 'Verder',
  previous: 'Vorige stap',
  next: 'Volgende stap',
  again: 'Opnieuw',
  ask: 'Opnieuw beginnen bij stap 1? De tijd tot nu toe vervalt.',
  yes: 'Ja, opnieuw',
  no: 'Nee, doorgaan',
  time: 'Tijd in deze stap',
  step: (number, of) => `Stap ${number} van ${of}: `,
  minutes: (m) => `, ${String(m).replace('.', ',')} ${m <= 1 ? 'minuut' : 'minuten'}`,
  still: 'De klok staat stil.',
  lastMinute: 'De laatste minuut.',
  over: 'De tijd is om. Rond af, ga dan verder.',
  overLast: 'De tijd is om. Rond af.',
  total: (time) => `In totaal nog ${time}`,
  late: (time) => `In totaal ${time} uitgelopen`,
  sound: 'Belletje',
  soundHelp: 'Belletje als de tijd van een stap om is',
  then: 'Daarna: ',
  lastStep: 'Dit is de laatste stap.',
  steps: 'Alle stappen',
};

const time = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
const countDown = (ms) => time(Math.ceil(ms / 1000));
const countUp = (ms) => `+${time(Math.floor(ms / 1000))}`;

/* --- what is remembered: the step, since when it runs, and the time spent in each step before
   that. Going back to a step finds it as it was left, so a wrong click costs nothing. */

const fresh = (steps) => ({ step: 0, startedAt: null, spent: steps.map(() => 0) });

function isState(state, steps) {
  const isTime = (value) => Number.isFinite(value) && value >= 0;
  return Number.isInteger(state?.step) && state.step >= 0 && state.step < steps.length
    && (state.startedAt === null || isTime(state.startedAt))
    && Array.isArray(state.spent) && state.spent.length === steps.length && state.spent.every(isTime);
}

function recall(key, steps) {
  try {
    const state = JSON.parse(localStorage.getItem(key));
    if (isState(state, steps)) {
      /* The clock of the computer may have been set back since. */
      if (state.startedAt !== null) state.startedAt = Math.min(state.startedAt, Date.now());
      return state;
    }
  } catch { /* not readable, or no storage at all: begin afresh */ }
  return fresh(steps);
}

function remember(key, state) {
  try {
    localStorage.setItem(key, JSON.stringify(state));
  } catch { /* no storage: the clock runs on, until the page is reloaded */ }
}

function forgetOtherStarts(start) {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(`${STORE}:`) && !key.startsWith(`${STORE}:${start}:`)) localStorage.removeItem(key);
    }
  } catch { /* no storage: nothing to forget */ }
}

/* --- what is seen */

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/* A part that is written again and again. Its text node stays: a new one every second would
   wake whoever watches the page for new nodes. */
const part = (tag, attributes) => make(tag, attributes, document.createTextNode(''));

function write(node, text) {
  if (node.firstChild.data !== text) node.firstChild.data = text;
}

function mark(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

class Clock {
  constructor(node, start, bell) {
    this.bell = bell;
    const { id, title, steps } = JSON.parse(node.dataset.klok);
    this.key = `${STORE}:${start}:${id}`;
    this.steps = steps;
    this.node = node;
    this.recall();
    this.build(node, title);
    this.draw();
  }

  recall() {
    this.state = recall(this.key, this.steps);
  }

  build(node, title) {
    const list = node.querySelector('.leefbaar-stappen');
    this.items = [...list.querySelectorAll('li')];
    this.number = part('span');
    this.name = part('strong');
    this.minutes = part('span');
    this.todo = part('p', { class: 'leefbaar-klok-doe' });
    /* A timer is not read out by itself: once a second would drown the room. */
    this.time = part('div', { class: 'leefbaar-klok-tijd', role: 'timer', 'aria-live': 'off', 'aria-label': WORDS.time });
    this.message = part('p', { class: 'leefbaar-klok-bericht', role: 'status' });
    this.total = part('p', { class: 'leefbaar-klok-totaal' });
    this.then = part('p', { class: 'leefbaar-klok-daarna' });
    const face = make('div', { class: 'leefbaar-klok-wijzer' },
      make('p', { class: 'leefbaar-klok-stap', 'aria-live': 'polite', 'aria-atomic': 'true' },
        this.number, this.name, this.minutes),
      this.todo, this.time, this.message, this.buttons(), this.question(),
      make('div', { class: 'leefbaar-klok-verder' }, this.total, this.then));
    const all = make('details', {}, make('summary', {}, WORDS.steps));
    list.before(face, all);
    all.append(list);
    mark(node, 'role', 'group');
    mark(node, 'aria-label', title);
  }

  button(text, act, attributes = {}) {
    const button = part('button', { type: 'button', ...attributes });
    /* One that cannot be used now keeps the focus, so that Tab goes on from there. */
    button.addEventListener('click', () => {
      if (button.getAttribute('aria-disabled') !== 'true') act();
    });
    write(button, text);
    return button;
  }

  buttons() {
    this.run = this.button('', () => this.startOrPause(), { class: 'leefbaar-klok-loop', 'data-knop': 'run' });
    this.next = this.button(WORDS.next, () => this.go(1), { 'data-knop': 'next' });
    this.previous = this.button(WORDS.previous, () => this.go(-1), { 'data-knop': 'previous' });
    this.again = this.button(WORDS.again, () => this.askAgain(), { 'data-knop': 'again' });
    this.sound = this.button(WORDS.sound, () => { this.bell.toggle(); this.draw(); }, { 'data-knop': 'sound', title: WORDS.soundHelp });
    return make('div', { class: 'leefbaar-klok-knoppen' }, this.run, this.next, this.previous, this.again, this.sound);
  }

  question() {
    this.no = this.button(WORDS.no, () => this.close());
    this.asked = make('div', {
      class: 'leefbaar-klok-vraag', role: 'group', 'aria-label': WORDS.ask, hidden: '',
      onkeydown: (event) => { if (event.key === 'Escape') this.close(); },
    }, make('p', {}, WORDS.ask), make('div', {}, this.button(WORDS.yes, () => this.reset()), this.no));
    return this.asked;
  }

  /* --- time */

  running(now) {
    const { startedAt } = this.state;
    return startedAt === null ? 0 : Math.max(0, now - startedAt);
  }

  left(index, now) {
    const { step, spent } = this.state;
    return this.steps[index].minutes * MINUTE - spent[index] - (index === step ? this.running(now) : 0);
  }

  /* Until the end as planned: what one step takes too long, the whole takes too long. */
  totalLeft(now) {
    return this.steps.reduce((sum, _, n) => sum + this.left(n, now), 0);
  }

  get begun() {
    return this.state.startedAt !== null || this.state.spent.some((ms) => ms > 0);
  }

  /* --- what somebody does */

  change(step, runs) {
    const now = Date.now();
    this.state.spent[this.state.step] += this.running(now);
    this.state.startedAt = runs ? now : null;
    this.state.step = step;
    this.keep();
  }

  startOrPause() {
    this.change(this.state.step, this.state.startedAt === null);
  }

  go(by) {
    this.change(this.state.step + by, this.state.startedAt !== null);
  }

  askAgain() {
    if (!this.begun) {
      this.reset();
      return;
    }
    this.asked.hidden = false;
    this.no.focus();
  }

  close() {
    this.asked.hidden = true;
    this.again.focus();
  }

  reset() {
    this.asked.hidden = true;
    this.state = fresh(this.steps);
    this.keep();
    this.run.focus();
  }

  keep() {
    remember(this.key, this.state);
    this.draw();
  }

  /* --- draw */

  draw(now = Date.now()) {
    const { step, startedAt } = this.state;
    const left = this.left(step, now);
    this.drawStep(step);
    write(this.time, left > 0 ? countDown(left) : countUp(-left));
    write(this.message, this.messages(left).join(' '));
    const total = this.totalLeft(now);
    write(this.total, total >= 0 ? WORDS.total(countDown(total)) : WORDS.late(countUp(-total)));
    const over = left <= 0 && startedAt !== null;
    if (over && !this.wasOver && this.wasDrawn) this.bell.ring();
    this.wasOver = over;
    this.wasDrawn = true;
    mark(this.sound, 'aria-pressed', String(this.bell.on));
    write(this.run, startedAt !== null ? WORDS.pause : this.begun ? WORDS.go : WORDS.start);
    mark(this.node, 'data-om', left > 0 ? null : '');
    mark(this.previous, 'aria-disabled', String(step === 0));
    mark(this.next, 'aria-disabled', String(step === this.steps.length - 1));
    mark(this.again, 'aria-disabled', String(!this.begun && step === 0));
  }

  drawStep(step) {
    const { name, minutes, do: todo } = this.steps[step];
    const next = this.steps[step + 1];
    write(this.number, WORDS.step(step + 1, this.steps.length));
    write(this.name, name);
    write(this.minutes, WORDS.minutes(minutes));
    write(this.todo, todo);
    write(this.then, next ? WORDS.then + next.name + WORDS.minutes(next.minutes) : WORDS.lastStep);
    this.items.forEach((item, n) => mark(item, 'aria-current', n === step ? 'step' : null));
  }

  messages(left) {
    const { step, startedAt } = this.state;
    const said = startedAt === null && this.begun ? [WORDS.still] : [];
    if (left <= 0) said.push(step === this.steps.length - 1 ? WORDS.overLast : WORDS.over);
    else if (left <= MINUTE && this.steps[step].minutes > 1) said.push(WORDS.lastMinute);
    return said;
  }
}

/* One soft tone when the time of a step is over, for a circle that does not watch the wall. Off
   until somebody asks for it; a browser lets a page sound only after a click. */
class Bell {
  on = false;

  toggle() {
    this.on = !this.on;
    if (this.on) {
      this.context ??= new AudioContext();
      this.ring();
    }
  }

  ring() {
    if (!this.on) return;
    const now = this.context.currentTime;
    const tone = new OscillatorNode(this.context, { frequency: 660 });
    const volume = new GainNode(this.context, { gain: 0.3 });
    volume.gain.exponentialRampToValueAtTime(0.001, now + 1.2);
    tone.connect(volume).connect(this.context.destination);
    tone.start(now);
    tone.stop(now + 1.2);
  }
}

/* The clocks of one sheet. */
export class Clocks {
  constructor(root, start) {
    this.root = root;
    this.start = start;
    this.shown = new Map();
    this.focused = null;
    this.bell = new Bell();
    forgetOtherStarts(start);
    setInterval(() => this.draw(), TICK);
    /* A tab in the background ticks seldom: draw as soon as it is seen again. */
    document.addEventListener('visibilitychange', () => this.draw());
    /* The same sheet in another tab shows the same clock. */
    window.addEventListener('storage', ({ key }) => {
      for (const clock of this.shown.values()) if (key === null || clock.key === key) clock.recall();
      this.draw();
    });
  }

  /* Give every list of steps that came on the page its clock; a cell that ran again is a new one. */
  find() {
    for (const node of this.shown.keys()) if (!node.isConnected) this.shown.delete(node);
    for (const node of this.root.querySelectorAll('.leefbaar-klok[data-klok]')) {
      if (!this.shown.has(node)) this.give(node);
    }
    this.giveFocusBack();
  }

  give(node) {
    try {
      this.shown.set(node, new Clock(node, this.start, this.bell));
    } catch (error) {
      delete node.dataset.klok; // the list of steps stays as it is
      console.error(error);
    }
  }

  draw() {
    for (const clock of this.shown.values()) clock.draw();
  }

  /* The kernel broke and the page will be built again: who was at a button comes back to it. */
  rememberFocus() {
    const active = document.activeElement;
    const clock = this.shown.get(active?.closest?.('.leefbaar-klok'));
    this.focused = clock ? { key: clock.key, button: active.dataset.knop } : null;
  }

  /* Called again with every change of the page, for the new clock may come late. */
  giveFocusBack() {
    if (!this.focused || this.root.inert) return;
    const moved = document.activeElement?.matches('button, input, select, summary, textarea');
    const clock = [...this.shown.values()].find(({ key }) => key === this.focused.key);
    if (!clock && !moved) return;
    if (!moved) clock[this.focused.button]?.focus({ preventScroll: true });
    this.focused = null;
  }
}
