/** What happens in a story once it has begun: everything at once, and then everybody reads everything. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ENDINGS, type EndingName, ending } from './endings.ts';
import { succeeded } from './history.ts';
import type { Ask } from './recorder.ts';
import { CHAIN, forwardTo, readForwarding, readHop, readings, type Story } from './story.ts';

const SOON_MS = 12;
/** What ends something for every story of a lane. */
export const GLOBAL = ['a termination', 'a suspension'] as const satisfies EndingName[];
const OF_ONE = (Object.keys(ENDINGS) as EndingName[]).filter((name) => !GLOBAL.some((other) => other === name));

/** Everything at once: what ends, what forwards, what reads, what moves a forwarding on. */
export async function raceOf(story: Story, random: () => number, global: EndingName | null): Promise<void> {
  const { recorder, depth } = story;
  const soon = (): Promise<void> => sleep(random() * SOON_MS);
  const acts: Promise<unknown>[] = [];
  const links = Array.from({ length: depth }, (_, link) => link);
  acts.push(soon().then(() => end(story, global ?? pick(story, random), Math.floor(random() * depth))));
  if (random() < 0.3) acts.push(soon().then(() => end(story, pick(story, random), Math.floor(random() * depth))));
  if (story.linkId !== null) acts.push(soon().then(() => unlink(story)));
  for (const link of links) {
    acts.push(soon().then(() => forwardOnce(story, link, random)));
    acts.push(soon().then(() => forwardOnce(story, link, random)));
    if (random() < 0.5) acts.push(soon().then(() => stepTwice(story, link)));
    for (const ask of readings(story, CHAIN[link + 1]!)) acts.push(soon().then(() => recorder.send(ask)));
    acts.push(
      soon().then(() => recorder.send({ ...readHop(story, CHAIN[link + 1]!, link), hangUpAfterMs: 1 + random() * 10 })),
    );
  }
  await Promise.all(acts);
}

/** A link can only be made where one was prepared, and once. */
function pick(story: Story, random: () => number): EndingName {
  const name = OF_ONE[Math.floor(random() * OF_ONE.length)]!;
  if (story.link !== null && story.recorder.calls.every((call) => call.what !== 'a link to somebody who said no'))
    return 'a link to somebody who said no';
  return name === 'a link to somebody who said no' ? 'a no to one recipient' : name;
}

async function end(story: Story, name: EndingName, link: number): Promise<void> {
  const { ask, marker } = ending(name, story, link);
  if (marker !== null) story.recorder.markers.set(marker, marker);
  const { call, body } = await story.recorder.send(ask);
  if (marker !== null && succeeded(call)) renamed(story, marker, body.id);
  if (marker !== null && !succeeded(call)) story.recorder.markers.delete(marker);
}

/** A correction's entry has an id once it is answered; who read it before has read the same. */
function renamed({ recorder }: Story, marker: string, entry: string): void {
  recorder.markers.set(marker, entry);
  for (const call of recorder.calls) call.shows = call.shows.map((shown) => (shown === marker ? entry : shown));
}

const unlink = (story: Story): Promise<unknown> =>
  story.recorder.send({
    story: story.id,
    by: 'E',
    act: 'other',
    what: 'end a link',
    method: 'POST',
    path: `/v1/clients/${story.handles.E}/links/${story.linkId}/end`,
    body: { confirm: true },
  });

/** Often under a key, and then once more; or the client hangs up and asks again what came of it. */
async function forwardOnce(story: Story, link: number, random: () => number): Promise<void> {
  const ask = forwardTo(story, CHAIN[link]!, CHAIN[link + 1]!);
  if (random() < 0.5) {
    await story.recorder.send(ask);
    return;
  }
  const keyed: Ask = { ...ask, key: `k${random().toString(36).slice(2)}` };
  await story.recorder.send(random() < 0.6 ? { ...keyed, hangUpAfterMs: 1 + random() * 15 } : keyed);
  for (let attempt = 0; attempt < 100; attempt++) {
    const { call } = await story.recorder.send(keyed);
    const wait = call.code === 'idempotency-in-flight' || call.code === 'overloaded';
    if (!wait) return;
    await sleep(20);
  }
}

/** Both instances take the same step from the same version. */
async function stepTwice(story: Story, link: number): Promise<void> {
  const hop = story.hops[link]!;
  const step: Ask = {
    story: story.id,
    by: CHAIN[link + 1]!,
    act: 'step',
    what: 'accept',
    method: 'POST',
    path: `/v1/forwardings/${hop}/accept`,
    body: { expectedVersion: 2 },
    hop,
    expectedVersion: 2,
  };
  await Promise.all([story.recorder.send({ ...step, instance: 0 }), story.recorder.send({ ...step, instance: 1 })]);
}

/** Once all is answered everybody reads everything, at both instances, each time by either door. */
export async function lookOnce(story: Story): Promise<void> {
  const { recorder, depth } = story;
  const asks: Ask[] = [];
  for (let link = 0; link < depth; link++) {
    const by = CHAIN[link + 1]!;
    const later = recorder.calls
      .filter((call) => call.act === 'forward' && call.by === CHAIN[link] && succeeded(call) && call.hop !== null)
      .map((call) => readForwarding(story, by, call.hop!));
    asks.push(...readings(story, by), ...later);
  }
  await Promise.all(asks.flatMap((ask) => ([0, 1] as const).map((instance) => recorder.send({ ...ask, instance }))));
}
