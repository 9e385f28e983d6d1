/** Looking at agreements and their versions, at what a change would close, and at lists of codes. Nothing personal stands there. */
import { Finding, type Lane } from './lane.ts';
import { expectCode } from './look.ts';
import { door, type Kind, keysOf, type Move, recent } from './moves.ts';

/** Whoever is or was named, and whom an amendment invites. */
function isReader(lane: Lane, by: number, name: string): boolean {
  const { agreement, open } = lane.setting.network.agreements.get(name)!;
  const { number } = lane.partner(by);
  return agreement.parties.some((one) => one.agency === number) || open?.parties.includes(number) === true;
}

const bound = (lane: Lane, by: number, name: string): boolean =>
  lane.setting.network.agreements
    .get(name)!
    .agreement.parties.some(
      (one) => one.agency === lane.partner(by).number && one.signedAt !== null && one.leftAt === null,
    );

async function readAgreement(lane: Lane, { by, agreement: name, number, how, door: at }: Move): Promise<void> {
  const known = lane.setting.network.agreements.get(name);
  if (known === undefined) return;
  const params = { agreementId: known.id };
  const what = `agreement ${name}, read by ${lane.nameOf(by)},`;
  const version = { ...params, number: 1 + (number % known.versions) };
  lane.setting.counts.reads += 1;
  if (how === 'page') {
    const { status } = await lane.page(by, 'getAgreementVersion', 'text/html', { params: version });
    if (status === 200 && !isReader(lane, by, name)) throw new Finding('leak', `${what} was printed`);
    return;
  }
  const answer =
    how === 'version'
      ? await lane.call(by, 'getAgreementVersion', { params: version, door: at })
      : await lane.call(by, how, { params, door: at });
  lane.did(how === 'version' ? 'getAgreementVersion' : how);
  if (lane.isSuspended(by)) {
    if (answer.status === 200) return;
    return expectCode(what, answer, 'agency-suspended');
  }
  if ((answer.status === 200) !== isReader(lane, by, name))
    throw new Finding(answer.status === 200 ? 'leak' : 'miss', `${what} answered ${answer.status} ${answer.code}`);
}

/** It tells nobody of what is between others. */
async function preview(lane: Lane, { by, agreement: name, change, door: at }: Move): Promise<void> {
  const known = lane.setting.network.agreements.get(name);
  if (known === undefined) return;
  const input = { params: { agreementId: known.id }, body: { change }, door: at };
  const { status, code, value } = await lane.call(by, 'previewAgreementChange', input);
  lane.did(`previewAgreementChange ${status}`);
  if (status !== 200) return;
  if (change === 'LEAVE' && !bound(lane, by, name))
    throw new Finding('leak', `what leaving ${name} would close was shown to ${lane.nameOf(by)} ${code ?? ''}`);
  const { id, number } = lane.partner(by);
  for (const one of value.disclosures) {
    if (![one.from, one.to, one.origin].includes(id))
      throw new Finding('leak', `a preview of ${name} showed ${lane.nameOf(by)} a disclosure of others`);
    const entry = [...lane.entries.values()].find((other) => other.id === one.entryId)?.entry;
    // Of this lane's entries the run knows who holds them.
    const open = lane.oracle.rows.filter((row) => row.entry === entry && !row.closed);
    if (entry !== undefined && entry.origin !== number && !open.some((row) => row.to === number || row.from === number))
      throw new Finding('leak', `a preview of ${name} showed ${lane.nameOf(by)} ${entry.name}, which it does not hold`);
  }
}

export const lookAgreements: Record<string, Kind> = {
  readAgreement: {
    weight: 3,
    choose: (lane, random) => ({
      by: random.below(lane.setting.network.partners.length),
      agreement: recent(random, keysOf(lane.setting.network.agreements)),
      number: random.below(20),
      how: random.pick(['getAgreement', 'listAgreementVersions', 'version', 'version', 'page']),
      door: door(random),
    }),
    perform: readAgreement,
    tell: (move, name) => `${name(move.by)} reads agreement ${move.agreement} (${move.how})`,
  },
  previewAgreement: {
    weight: 2,
    choose: (lane, random) => ({
      by: random.below(lane.setting.network.partners.length),
      agreement: recent(random, keysOf(lane.setting.network.agreements)),
      change: random.pick(['LEAVE', 'TERMINATE', 'SIGN']),
      door: door(random),
    }),
    perform: preview,
    tell: (move, name) => `${name(move.by)} asks what ${move.change} of ${move.agreement} would close`,
  },
  codes: {
    weight: 1,
    choose: (lane, random) => ({ by: random.below(lane.setting.network.partners.length), door: door(random) }),
    async perform(lane, move) {
      await lane.call(move.by, 'listCodes', { query: { list: 'PLAN_NAMES' }, door: move.door });
      lane.did('listCodes');
      lane.setting.counts.reads += 1;
    },
    tell: (move, name) => `${name(move.by)} reads the lists of codes`,
  },
};
