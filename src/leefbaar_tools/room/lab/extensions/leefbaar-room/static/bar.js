/* The one bar: which meeting, how large the letters, who is answering, stop. */

import { notice } from './notice.js';

const SIZES = [0.9, 1, 1.15, 1.3, 1.5, 1.75];
const SIZE_KEY = 'leefbaar-letters';

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}

const button = (text, onclick, attributes = {}) =>
  make('button', { type: 'button', onclick, ...attributes }, text);

export class Bar {
  constructor(app, room) {
    this.app = app;
    this.room = room;
    this.stopping = false;
    this.recent = [];
    this.who = make('div', { class: 'leefbaar-who', role: 'group', 'aria-labelledby': 'leefbaar-who-label' });
    this.node = make('header', { id: 'leefbaar-bar', 'aria-label': 'Werken aan leefbare wijken' },
      this.meetings(), this.steps(), this.letters(),
      make('div', { class: 'leefbaar-eind' }, this.who,
        button('Stoppen', () => this.askStop(), { class: 'leefbaar-stop' })));
  }

  show() {
    document.body.prepend(this.node);
    new ResizeObserver(() => this.pushDown()).observe(this.node);
    this.resize(Number(localStorage.getItem(SIZE_KEY) ?? 1));
  }

  /* The page begins where the bar ends, on however many lines its names are. */
  pushDown() {
    const height = Math.ceil(this.node.getBoundingClientRect().height);
    document.documentElement.style.setProperty('--leefbaar-bar', `${height}px`);
    this.app.shell.update();
  }

  attach(sheet) {
    this.sheet = sheet;
    const path = sheet.panel.context.path;
    if (this.select) this.select.value = path;
    const { steps } = this.room.meetings.find((m) => m.path === path) || { steps: [] };
    this.place.replaceChildren(make('option', { value: '' }, 'Ga naar…'),
      ...steps.map(({ id, label }) => make('option', { value: id }, label)));
  }

  meetings() {
    const { meetings } = this.room;
    if (meetings.length === 1) return make('strong', {}, meetings[0].title);
    this.select = make('select', { 'aria-label': 'Bijeenkomst', onchange: () => this.go(this.select.value) },
      ...meetings.map((m) => make('option', { value: m.path }, m.title)));
    return this.select;
  }

  go(path) {
    location.href = location.href.replace(/\/tree\/.*/, `/tree/${encodeURIComponent(path)}`);
  }

  /* The page is long: every step of the meeting is one choice away. */
  steps() {
    this.place = make('select', { class: 'leefbaar-stappen-lijst', 'aria-label': 'Ga naar een stap',
      onchange: () => {
        this.sheet.goTo(this.place.value);
        this.place.value = '';
      } });
    return this.place;
  }

  letters() {
    this.smaller = button('A−', () => this.resize(this.size - 1), { 'aria-label': 'Letters kleiner', title: 'Letters kleiner' });
    this.larger = button('A+', () => this.resize(this.size + 1), { 'aria-label': 'Letters groter', title: 'Letters groter' });
    return make('span', { class: 'leefbaar-letters', role: 'group', 'aria-label': 'Grootte van de letters' },
      this.smaller, this.larger);
  }

  resize(size) {
    this.size = Math.min(Math.max(Math.round(size) || 0, 0), SIZES.length - 1);
    localStorage.setItem(SIZE_KEY, this.size);
    document.documentElement.style.setProperty('--leefbaar-scale', SIZES[this.size]);
    this.smaller.disabled = this.size === 0;
    this.larger.disabled = this.size === SIZES.length - 1;
  }

  /* The kernel tells who is answering. Whom one takes turns with is one click away: the two
     others who answered last, or else the newest; all others are under “Andere naam…”. */
  showWho({ audience, current, names, problem }) {
    if (audience === 'begeleider') {
      this.who.replaceChildren(make('span', {}, 'Scherm van de begeleider: alleen de telling wordt bewaard'));
      return;
    }
    if (!current) {
      this.who.replaceChildren(make('span', {}, 'Oefenstand: er wordt niets bewaard'));
      return;
    }
    this.names = names;
    this.recent = [current, ...this.recent.filter((n) => n !== current)];
    const shown = [...new Set([...this.recent, ...[...names].reverse()])]
      .filter((n) => n === current || names.includes(n)).slice(0, 3)
      .sort((a, b) => names.indexOf(a) - names.indexOf(b));
    const hadFocus = this.who.contains(document.activeElement);
    this.who.replaceChildren(
      make('span', { id: 'leefbaar-who-label' }, 'Je werkt als'),
      ...shown.map((name) => button(name, () => this.sheet.change({ type: 'switch', name }),
        { 'aria-pressed': String(name === current), class: 'leefbaar-name' })),
      button('Andere naam…', () => this.askName(current)),
    );
    if (hadFocus) this.who.querySelector('[aria-pressed="true"]').focus();
    if (problem) this.askName(current, problem);
  }

  askName(current, problem = '') {
    const field = make('input', { type: 'text', id: 'leefbaar-name', maxlength: 40, autocomplete: 'off' });
    const act = (type) => () => {
      this.sheet.change({ type, name: field.value.trim() });
      dialog.close();
    };
    const others = this.names.filter((n) => n !== current);
    const dialog = this.dialog('Wie werkt hier?',
      problem && make('p', { class: 'leefbaar-problem', role: 'alert' }, problem),
      others.length > 0 && make('p', {}, 'Ga verder als:'),
      others.length > 0 && make('div', { class: 'leefbaar-choices' }, ...others.map((name) =>
        button(name, () => { this.sheet.change({ type: 'switch', name }); dialog.close(); }))),
      make('label', { for: 'leefbaar-name' }, `${others.length ? 'Of typ' : 'Typ'} een schuilnaam (niet je echte naam):`),
      field,
      make('div', { class: 'leefbaar-choices' },
        button('Begin als iemand nieuw', act('new')),
        button(`Noem ${current} voortaan zo`, act('rename')),
        button('Terug', () => dialog.close())));
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') act('new')();
    });
    field.focus();
  }

  askStop() {
    const dialog = this.dialog('Wil je stoppen?',
      make('p', {}, 'Je antwoorden zijn bewaard op deze computer. Je kunt later verdergaan.'),
      make('div', { class: 'leefbaar-choices' },
        button('Ja, stoppen', () => { dialog.close(); this.stop(); }),
        button('Nee, verder werken', () => dialog.close())));
  }

  async stop() {
    const second = new Promise((resolve) => setTimeout(resolve, 1000)); // a broken kernel answers never
    await Promise.race([this.sheet?.flush(), second]);
    this.stopping = true;
    const { baseUrl, token } = this.app.serviceManager.serverSettings;
    await fetch(`${baseUrl}api/shutdown`, { method: 'POST', headers: { Authorization: `token ${token}` } })
      .catch(() => {});
    this.app.shell.node.remove();
    this.node.remove();
    notice('Gestopt. Je antwoorden zijn bewaard op deze computer.', 'Je kunt dit venster sluiten.');
  }

  dialog(title, ...content) {
    const dialog = make('dialog', { class: 'leefbaar-dialog', 'aria-label': title, onclose: () => dialog.remove() },
      make('h2', {}, title), ...content.filter(Boolean));
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }
}
