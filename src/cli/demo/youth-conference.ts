/** A case conference: what both may discuss at that moment, minutes that are checked by themselves, and a task. */
import type { z } from 'zod';
import type { ConferenceView, minutesView } from '../../contract/conferences.ts';
import type { LaufzettelView } from '../../contract/laufzettel.ts';
import { dayBerlin } from '../../domain/calendar.ts';
import { type Cast, entryAbout, type Forwarded } from './cast.ts';
import { readsIt } from './journey.ts';
import type { Partner } from './partner.ts';
import { categoriesOf, contentOf, named, reasonsOf, tellingValues, whyNot } from './words.ts';
import type { YouthFile } from './youth.ts';

type Minutes = z.infer<typeof minutesView>;

const HOUR_MS = 3_600_000;
const DAYS_FOR_TASK = 14;
type Item = ConferenceView['agenda'][number];

export async function confers(cast: Cast, file: YouthFile): Promise<void> {
  const path = await meets(cast, file);
  const minutes = await takesMinutes(cast, file, path);
  await givesTask(cast, file, { path, minutes });
}

/** A step from the version that the one before gave. */
const steps = async (
  { narrator: { told } }: Cast,
  by: Partner,
  path: string,
  verb: string,
): Promise<ConferenceView> => {
  const { version } = await told(by.get<ConferenceView>(path), 200);
  return told(by.post<ConferenceView>(`${path}/${verb}`, { expectedVersion: version }), 200);
};

const itemOf = async ({ narrator: { told } }: Cast, by: Partner, path: string): Promise<Item> =>
  (await told(by.get<ConferenceView>(path), 200)).agenda[0]!;

async function meets(cast: Cast, { clientId, laufzettelId }: YouthFile): Promise<string> {
  const { rantzau, arge, youth, narrator } = cast;
  const { step, told, shows, check } = narrator;

  step(
    'The youth counselling service',
    'invites the ARGE to a conference in an hour, and puts the slip on its agenda.',
  );
  const beginsAt = new Date(Date.now() + HOUR_MS).toISOString();
  const body = { partner: arge.agency.id, beginsAt, place: 'OFFICE_CONVENER' };
  const { id } = await told(rantzau.post<ConferenceView>('/v1/conferences', body), 201);
  const path = `/v1/conferences/${id}`;
  await told(rantzau.post(`${path}/agenda`, { laufzettelId }), 200);

  step('The ARGE', 'accepts, takes the event into its calendar, and begins.');
  await steps(cast, arge, path, 'accept');
  const calendar = await told(arge.getAs('text/calendar', path), 200);
  const inCalendar = tellingValues([youth.stammdaten]).filter((value) => calendar.includes(value));
  check('a calendar knows when and where, and nothing of whom', inCalendar, []);
  const begun = await steps(cast, arge, path, 'begin');
  check('it has begun', begun.status, 'BEGUN');
  const [item] = begun.agenda;
  const { laufzettelId: onAgenda, atBeginning } = item!;
  check(
    'what she agreed to is on the agenda, asked again at that moment',
    [onAgenda, atBeginning],
    [laufzettelId, true],
  );
  check('each office reads its own number for her', item!.clientId === clientId, false);
  shows('the agenda: one Laufzettel, by ids');
  return path;
}

/** Gives the entry that went. */
async function takesMinutes(cast: Cast, { laufzettelId }: YouthFile, path: string): Promise<string> {
  const { rantzau, arge, youth, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const record = (entry: object) => told(rantzau.post<Minutes>(`${path}/minutes`, { laufzettelId, entry }), 201);

  step('The youth counselling service', 'takes minutes: what becomes of her school, and a note.');
  const school = { category: 'SCHULE', payload: { ...youth.schule, klasse: 'AVSH 1' } } as const;
  shows(`${named('SCHULE')}: ${contentOf(school.payload)}`);
  const went = await record(school);
  check('the minutes about school went', [went.forwardingId === null, went.withheld], [false, []]);
  const stayed = await record(entryAbout(youth, 'BERATUNGSNOTIZ'));
  shows(...stayed.withheld.map(whyNot));
  check(
    'the note stayed: it was asked for on no paper',
    [stayed.forwardingId, reasonsOf(stayed.withheld)],
    [null, { BERATUNGSNOTIZ: ['NO_CONSENT', 'SECRECY_RELEASE_MISSING'] }],
  );

  step('The ARGE', 'reads the minutes.');
  check('one entry, and no sign of another', (await itemOf(cast, arge, path)).minutes, [went.entryId]);
  const read = await readsIt(cast, arge, went.forwardingId!);
  const payloads = read.entries.map(({ payload }) => payload);
  check('who she is, and what was written', payloads, [youth.stammdaten, school.payload]);
  return went.entryId;
}

async function givesTask(
  cast: Cast,
  { entryIds }: YouthFile,
  { path, minutes }: { path: string; minutes: string },
): Promise<void> {
  const { rantzau, arge, narrator } = cast;
  const { step, told, check } = narrator;

  step(
    'The youth counselling service',
    'makes a task of it for the ARGE: a Laufzettel with a due date, sent by the same check.',
  );
  const aboutLaufzettelId = (await itemOf(cast, rantzau, path)).laufzettelId;
  const dueDate = dayBerlin(Date.now() + DAYS_FOR_TASK * 24 * HOUR_MS);
  const about = { aboutLaufzettelId, kind: 'FALLMITTEILUNG', purpose: 'FALLBESPRECHUNG', dueDate };
  const body = { ...about, entryIds: [entryIds.STAMMDATEN, minutes] };
  const task = await told(rantzau.post<LaufzettelView>(`${path}/tasks`, body), 201);
  const before = (await itemOf(cast, arge, path)).tasks;
  const sending = rantzau.post<Forwarded>(`/v1/laufzettel/${task.id}/forwardings`, { recipient: arge.agency.id });
  const { forwarding } = await told(sending, 201);

  step('The ARGE', 'receives the task, and ends the conference.');
  const read = await readsIt(cast, arge, forwarding.id);
  check('it is due on that day', [read.dueDate, categoriesOf(read.entries)], [dueDate, ['STAMMDATEN', 'SCHULE']]);
  const after = (await itemOf(cast, arge, path)).tasks;
  check('the conference shows it the task once it was sent, and not before', [before, after], [[], [task.id]]);
  check('it has ended', (await steps(cast, arge, path, 'end')).status, 'ENDED');
}
