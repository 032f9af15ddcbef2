import type { InspectorModel, InspectorRequest } from '../../src/editor/inspector/model.ts';
import { button, el, section, table } from './dom.ts';
import { timeline } from './timeline.ts';

declare function acquireVsCodeApi(): { postMessage(message: InspectorRequest): void };

const host = acquireVsCodeApi();
const root = document.querySelector('main') ?? document.body;
/** Details that are open stay open when new evidence redraws the page. */
const opened = new Set<string>();

const words = {
  passed: ['✓', 'passed'],
  failed: ['✗', 'failed'],
  'cannot-tell': ['?', 'cannot tell'],
  'not-reached': ['–', 'not reached'],
} as const;
const marks = { accepted: '✓', refused: '✗', 'cannot-tell': '?' } as const;
const actionNames = {
  requestToken: 'Request a Token…',
  createTokenSecret: 'Create a Token Secret…',
  generateKubeconfig: 'Generate a Kubeconfig…',
  selectContext: 'Select Another Context…',
} as const;

window.addEventListener('message', ({ data }: MessageEvent<InspectorModel>) => {
  const focused = document.activeElement?.id ?? '';
  root.replaceChildren(...page(data));
  if (focused !== '') document.getElementById(focused)?.focus();
});
host.postMessage({ type: 'ready' });

function page(model: InspectorModel): HTMLElement[] {
  const { kind, outcome, headline, problem, steps, chain, moments, now } = model;
  const sections = [
    el('h1', {}, [kind]),
    el('p', { class: `verdict ${outcome}`, role: 'status' }, [
      el('span', { 'aria-hidden': 'true', class: 'mark' }, [marks[outcome]]),
      headline,
    ]),
    actions(model),
  ];
  if (problem !== undefined) sections.push(el('p', { class: 'problem', role: 'alert' }, [problem]));
  if (model.causes.length > 0) sections.push(causes(model));
  const items = steps.map((step) => stepItem(step));
  sections.push(
    section('The server’s checks, in its order', [el('ol', { class: 'steps', role: 'list' }, items)]),
  );
  if (chain.length > 0) sections.push(section('What it hangs on', [picture(chain)]));
  if (moments.length > 0) sections.push(section('Its time', [timeline(moments, now)]));
  if (model.claims.length > 0) sections.push(tokenParts(model));
  return sections;
}

function actions({ server, isBusy }: InspectorModel): HTMLElement {
  const ask = (id: 'read' | 'send' | 'copy', label: string): HTMLElement => {
    const made = button(id, label, () => {
      host.postMessage({ type: id });
    });
    if (isBusy && id !== 'copy') made.setAttribute('aria-disabled', 'true');
    return made;
  };
  const note =
    server === undefined
      ? 'No cluster was asked. The token stays on this machine unless you send it.'
      : `Cluster: ${server}. Looking reads metadata with your own rights, and the Secret of a legacy token to compare it in memory; the token itself is sent only after you say yes.`;
  return el('div', { class: 'actions' }, [
    ask('read', isBusy ? 'Looking…' : 'Look in the Cluster'),
    ask('send', 'Ask the Server…'),
    ask('copy', 'Copy Report'),
    el('p', { class: 'note' }, [note]),
  ]);
}

function causes({ causes: all }: InspectorModel): HTMLElement {
  const found = all.filter(({ isFound }) => isFound);
  const open = all.filter(({ isFound }) => !isFound);
  if (found.length === 0)
    return section('What it could still be, likeliest first', [causeList('open', open)]);
  const parts = [causeList('found', found)];
  if (open.length > 0) {
    const count = `${open.length} more that could not be ruled out`;
    parts.push(details('more-causes', count, causeList('open', open)));
  }
  return section('Why, and what to do', parts);
}

function causeList(name: string, list: InspectorModel['causes']): HTMLElement {
  const items = list.map(({ title, fix, action }, index) => {
    const item = el('li', {}, [el('strong', {}, [title]), el('p', {}, [fix])]);
    if (action !== undefined) {
      const made = button(`${name}-${index}`, actionNames[action], () => {
        host.postMessage({ type: 'action', action });
      });
      made.classList.add('quiet');
      item.append(made);
    }
    return item;
  });
  return el('ol', { class: 'causes' }, items);
}

function stepItem(step: InspectorModel['steps'][number]): HTMLElement {
  const { id, state, title, finding, exhibits, serverMessage, needs } = step;
  const [mark, word] = words[state];
  const item = el('li', { class: state }, [
    el('span', { class: 'mark', 'aria-hidden': 'true' }, [mark]),
    el('strong', {}, [title]),
    el('span', { class: 'word' }, [` ${word}`]),
  ]);
  if (state === 'not-reached') return item;
  item.append(el('p', {}, [finding]));
  if (needs !== undefined) {
    item.append(el('p', { class: 'note' }, ['To tell, it needs: ', el('code', {}, [needs])]));
  }
  if (serverMessage !== undefined) {
    item.append(el('p', { class: 'note' }, ['The server’s own words: ', el('code', {}, [serverMessage])]));
  }
  if (exhibits.length > 0) item.append(evidence(id, title, exhibits));
  return item;
}

function evidence(
  id: string,
  title: string,
  exhibits: InspectorModel['steps'][number]['exhibits'],
): HTMLElement {
  const rows = exhibits.map(({ what, value, origin }) => [what, value, origin]);
  return details(id, `Evidence: ${title}`, table(['What', 'Value', 'From'], rows));
}

function details(id: string, summary: string, content: HTMLElement): HTMLElement {
  const made = el('details', opened.has(id) ? { open: '' } : {}, [
    el('summary', { id: `details-${id}` }, [summary]),
    content,
  ]);
  made.addEventListener('toggle', () => {
    if (made.hasAttribute('open')) opened.add(id);
    else opened.delete(id);
  });
  return made;
}

function picture(links: InspectorModel['chain']): HTMLElement {
  const state = { holds: '✓ holds', broken: '✗ broken here', unknown: '? not checked' } as const;
  const items = links.map((link) =>
    el('li', { class: link.state }, [
      el('span', { class: 'what' }, [link.what]),
      el('strong', {}, [link.name]),
      el('span', { class: 'word' }, [state[link.state]]),
    ]),
  );
  return el('ol', { class: 'chain', role: 'list' }, items);
}

function tokenParts({ header, claims }: InspectorModel): HTMLElement {
  const part = (title: string, name: string, rows: InspectorModel['claims']): HTMLElement =>
    el('div', { class: `part ${name}` }, [
      el('h3', {}, [title]),
      table(
        ['Claim', 'Value', 'Meaning'],
        rows.map((row) => [row.name, row.value, row.meaning]),
      ),
    ]);
  return section('What it says', [
    part('Header', 'part-header', header),
    part('Claims', 'part-claims', claims),
    el('div', { class: 'part part-signature' }, [
      el('h3', {}, ['Signature']),
      el('p', {}, ['Never shown: with it, anybody could use the token.']),
    ]),
  ]);
}
