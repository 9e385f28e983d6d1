/** What ends disclosures, each as a call and as what it ends by `docs/consent.md`. */
import { no, yes } from '../support/consent-bodies.ts';
import type { Ended, Place } from './history.ts';
import type { Ask } from './recorder.ts';
import { BOTH, CHAIN, masterData, type Story } from './story.ts';

export type EndingName = keyof typeof ENDINGS;

/** From a link on everybody further down reads nothing, and nobody passes anything on by it or after it. */
const fromLink = (link: number): Ended => ({
  readers: CHAIN.slice(link + 1),
  senders: CHAIN.slice(link),
  entries: null,
  hop: null,
});

interface Told {
  by: Place | 'admin';
  path: string;
  body: unknown;
  ended: Ended;
  expectedVersion?: number;
  hop?: string;
  /** A value that the call writes into an entry, whose id its answer names. */
  marker?: string;
}

/** @param link which link it is about, from 0 on. */
type Ending = (story: Story, link: number) => Told;

const statements = (story: Story, by: Place): string => `/v1/clients/${story.handles[by]}/statements`;
const place = (link: number): Place => CHAIN[link]!;

export const ENDINGS = {
  'a no to one recipient': (story, link) => ({
    by: 'A',
    path: statements(story, 'A'),
    body: no({ recipient: story.lane.agencies[place(link + 1)] }),
    ended: fromLink(link),
  }),
  'a no to everything, by a recipient': (story, link) => ({
    by: place(link + 1),
    path: statements(story, place(link + 1)),
    body: no(),
    ended: fromLink(0),
  }),
  'a refusal about who passes on': (story, link) => ({
    by: place(link + 1),
    path: statements(story, place(link + 1)),
    body: no({ decision: 'REFUSED', discloser: story.lane.agencies[place(link)] }),
    ended: fromLink(link),
  }),
  'a weaker yes': (story, link) => ({
    by: 'A',
    path: statements(story, 'A'),
    body: yes({
      recipient: story.lane.agencies[place(link + 1)],
      categories: BOTH,
      statedAt: new Date(Date.now() - 60_000).toISOString(),
      validFrom: '2026-01-01',
      validUntil: new Date(Date.now() - 60_000).toISOString(),
      confirm: true,
    }),
    ended: fromLink(link),
  }),
  'a correction': (story) => {
    const marker = story.marker();
    return {
      by: 'A',
      path: `/v1/entries/${story.entries[0]}/corrections`,
      body: { payload: masterData(marker) },
      ended: { readers: CHAIN.slice(1), senders: [], entries: [story.entries[0]], hop: null },
      // That an entry is corrected but once is as if each correction expected its first version.
      hop: story.entries[0],
      expectedVersion: 1,
      marker,
    };
  },
  'a rejection': (story, link) => ({
    by: place(link + 1),
    path: `/v1/forwardings/${story.hops[link]}/reject`,
    body: { expectedVersion: 2, code: 'NO_CAPACITY' },
    ended: { readers: [place(link + 1)], senders: [], entries: null, hop: story.hops[link]! },
    hop: story.hops[link]!,
    expectedVersion: 2,
  }),
  'a recall': (story, link) => ({
    by: place(link),
    path: `/v1/forwardings/${story.hops[link]}/recall`,
    body: { expectedVersion: 2 },
    ended: { readers: [place(link + 1)], senders: [], entries: null, hop: story.hops[link]! },
    hop: story.hops[link]!,
    expectedVersion: 2,
  }),
  'an erasure by the author': (story) => ({
    by: 'A',
    path: `/v1/clients/${story.handles.A}/erase`,
    body: { confirm: true },
    ended: fromLink(0),
  }),
  'a link to somebody who said no': (story) => ({
    by: 'E',
    path: '/v1/clients/link',
    body: { code: story.link!.code, clientId: story.link!.handle },
    ended: fromLink(0),
  }),
  'a termination': (story) => ({
    by: 'admin',
    path: `/v1/agreements/${story.lane.agreement}/terminate`,
    body: { confirm: true },
    ended: fromLink(0),
  }),
  'a suspension': (story, link) => ({
    by: 'admin',
    path: `/v1/agencies/${story.lane.agencies[place(link)]}/suspend`,
    body: { confirm: true },
    // Who is suspended neither receives nor passes on; what the author wrote stands for all.
    ended: fromLink(Math.max(link - 1, 0)),
  }),
} satisfies Record<string, Ending>;

export function ending(name: EndingName, story: Story, link: number): { ask: Ask; marker: string | null } {
  const { by, path, body, ended, expectedVersion, hop, marker } = (ENDINGS[name] as Ending)(story, link);
  const ask: Ask = { story: story.id, by, act: 'end', what: name, method: 'POST', path, body, ended };
  return { ask: { ...ask, hop, expectedVersion }, marker: marker ?? null };
}
