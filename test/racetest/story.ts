/** One person's slip on its way A → B → C → D, as far as this story goes, with everything on it permitted and read. */
import { yes } from '../support/consent-bodies.ts';
import type { Place } from './history.ts';
import type { Lane } from './lane.ts';
import type { Ask, Recorder } from './recorder.ts';

export const CHAIN: readonly Place[] = ['A', 'B', 'C', 'D'];
export const BOTH = ['STAMMDATEN', 'KONTAKT'];

export interface Story {
  id: string;
  lane: Lane;
  recorder: Recorder;
  /** How many links it has come: 1 to 3. */
  depth: number;
  slip: string;
  /** That every reader has read: master data, contact. */
  entries: readonly [string, string];
  /** Each agency's handle on the person. */
  handles: Partial<Record<Place, string>>;
  /** By link: hops[0] went from A to B. */
  hops: string[];
  /** E's handle on somebody who said no to everything, and a code of A's by which E may link the two; null: not in this story. */
  link: { handle: string; code: string } | null;
  /** A link of E's that ends in this story. */
  linkId: string | null;
  marker(): string;
}

export const masterData = (marker: string) => ({ familienname: 'Erfunden', vorname: marker });

export async function tell(
  { id, lane, recorder, marker }: Pick<Story, 'id' | 'lane' | 'recorder' | 'marker'>,
  depth: number,
  linking: 'none' | 'link' | 'unlink',
): Promise<Story> {
  const ask = (by: Place, what: string, path: string, body?: unknown): Ask => ({
    story: id,
    by,
    act: 'other',
    what,
    method: 'POST',
    path,
    body,
  });
  const client = (await recorder.done(ask('A', 'new client', '/v1/clients', {}))).id;
  const [name, mail] = [marker(), `${marker()}@erfunden.invalid`];
  const slip = await recorder.done(
    ask('A', 'new slip', '/v1/laufzettel', {
      clientId: client,
      kind: 'FALLMITTEILUNG',
      purpose: 'BERATUNG',
      entries: [
        { category: 'STAMMDATEN', payload: masterData(name) },
        { category: 'KONTAKT', payload: { email: mail } },
      ],
    }),
  );
  // In the order in which they were written.
  const [first, second] = slip.entryIds as [string, string];
  const story: Story = {
    id,
    lane,
    recorder,
    depth,
    slip: slip.id,
    entries: [first, second],
    handles: { A: client },
    hops: [],
    link: null,
    linkId: null,
    marker,
  };
  await mark(story, name, mail);
  for (let link = 0; link < depth; link++) {
    const [from, to] = [CHAIN[link]!, CHAIN[link + 1]!];
    const consent = yes({ recipient: lane.agencies[to], categories: BOTH });
    await recorder.done(ask('A', `yes for ${to}`, `/v1/clients/${client}/statements`, consent));
    const { forwarding } = await recorder.done(forwardTo(story, from, to));
    story.hops.push(forwarding.id);
    const shown = await recorder.done(readHop(story, to, link));
    story.handles[to] = shown.clientId;
    if (shown.entries.length !== 2) throw new Error('a story begins with everything readable');
  }
  if (linking !== 'none') await prepareLink(story, ask, linking);
  return story;
}

/** Which entry a value stands in is asked of its author: it is not taken from the order of a list. */
async function mark(story: Story, name: string, mail: string): Promise<void> {
  for (const entry of story.entries) {
    const own = await story.recorder.done({
      story: story.id,
      by: 'A',
      act: 'other',
      what: 'own entry',
      method: 'GET',
      path: `/v1/entries/${entry}`,
    });
    story.recorder.markers.set(own.category === 'STAMMDATEN' ? name : mail, entry);
    if (own.category === 'STAMMDATEN' && entry !== story.entries[0]) story.entries = [entry, story.entries[0]];
  }
}

async function prepareLink(
  story: Story,
  ask: (by: Place, what: string, path: string, body?: unknown) => Ask,
  linking: 'link' | 'unlink',
): Promise<void> {
  const { recorder, lane, handles } = story;
  const handle = (await recorder.done(ask('E', 'new client', '/v1/clients', {}))).id;
  if (linking === 'link') {
    const refusal = { decision: 'WITHDRAWN', statedAt: new Date().toISOString(), statedBy: 'PERSON', ageBand: 'ADULT' };
    await recorder.done(ask('E', 'a no at another handle', `/v1/clients/${handle}/statements`, refusal));
  }
  const issued = await recorder.done(
    ask('A', 'a link code', `/v1/clients/${handles.A}/link-codes`, { agencyId: lane.agencies.E }),
  );
  if (linking === 'link') story.link = { handle, code: issued.code };
  else {
    const body = { code: issued.code, clientId: handle };
    story.linkId = (await recorder.done(ask('E', 'link', '/v1/clients/link', body))).linkId;
    story.handles.E = handle;
  }
}

export function forwardTo(story: Pick<Story, 'id' | 'lane' | 'slip'>, from: Place, to: Place): Ask {
  const input = { recipient: story.lane.agencies[to] };
  return {
    story: story.id,
    by: from,
    act: 'forward',
    what: `forward to ${to}`,
    method: 'POST',
    path: `/v1/laufzettel/${story.slip}/forwardings`,
    body: input,
    graphql: {
      query: `mutation ($id: ID!, $input: ForwardInput!) { forwardLaufzettel(laufzettelId: $id, input: $input) {
        forwarding { id } } }`,
      variables: { id: story.slip, input },
    },
  };
}

export const readHop = (story: Story, by: Place, link: number): Ask => readForwarding(story, by, story.hops[link]!);

export const readForwarding = (story: Pick<Story, 'id'>, by: Place, hop: string): Ask => ({
  story: story.id,
  by,
  act: 'read',
  what: 'read a forwarding',
  method: 'GET',
  path: `/v1/forwardings/${hop}`,
  hop,
  graphql: {
    query: 'query ($id: ID!) { forwarding(forwardingId: $id) { version clientId entries { id payload } } }',
    variables: { id: hop },
  },
});

/** Every way to what a recipient holds, each at either door. */
export function readings(story: Story, by: Place): Ask[] {
  const link = CHAIN.indexOf(by) - 1;
  const [entry] = story.entries;
  const own = story.handles[by]!;
  const base = { story: story.id, by, act: 'read' as const, method: 'GET' as const };
  return [
    readHop(story, by, link),
    {
      ...base,
      what: 'read an entry',
      path: `/v1/entries/${entry}`,
      graphql: { query: 'query ($id: ID!) { entry(entryId: $id) { id payload } }', variables: { id: entry } },
    },
    {
      ...base,
      what: 'list a client’s entries',
      path: `/v1/clients/${own}/entries`,
      graphql: {
        query: 'query ($id: ID!) { entries(clientId: $id) { items { id payload } } }',
        variables: { id: own },
      },
    },
  ];
}
