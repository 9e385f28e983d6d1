/** Signing a version of an agreement; with the last signature that an amendment lacks it is in force. */
import { SIGNATURE_FAULTS } from '../domain/agreement-signature.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { getAgreement, noAgreement } from './agreements.ts';
import { type Answer, agencyOf } from './answer.ts';
import type { Actor, AgreementRecord, AgreementSignature, Deps, Signed } from './ports.ts';
import { reviewPersons, rowsOf } from './review-persons.ts';
import { askToConfirm, whatWouldClose } from './would-close.ts';

export interface ToSign {
  number: number;
  /** A compact JWS over the text, attached or detached. */
  signature: string;
  confirm: boolean;
}

export async function signAgreement(
  deps: Deps,
  actor: Actor,
  agreementId: string,
  { number, signature, confirm }: ToSign,
): Promise<Answer<AgreementRecord>> {
  const agency = agencyOf(actor);
  const checked = await check(deps, actor, agreementId, number, signature);
  if (isProblem(checked)) return checked;
  const refused = await deps.closing.run<Problem | null>(async (tx) => {
    const outcome = await tx.signAgreement(actor, agreementId, number, checked);
    if (outcome !== 'ok' && outcome !== 'amended') return { commit: false, value: REFUSED[outcome] };
    const persons = await tx.lockPersonsOfAgreement(agreementId);
    // A new basis may let open disclosures last longer; an amendment may end some.
    const cause = outcome === 'ok' ? 'AGREEMENT_SIGNED' : 'AGREEMENT_AMENDED';
    const { closed } = await reviewPersons(tx, actor, persons, cause);
    if (confirm || rowsOf(agency, closed).length === 0) return { commit: true, value: null };
    const detail = `With your signature this version is in force. That would close for good ${whatWouldClose(actor, closed)}. Nothing has happened yet. Send the request again with "confirm": true to do it.`;
    return { commit: false, value: askToConfirm(detail) };
  });
  return refused ?? getAgreement(deps, actor, agreementId);
}

async function check(
  deps: Deps,
  actor: Actor,
  agreementId: string,
  number: number,
  signature: string,
): Promise<Answer<AgreementSignature>> {
  const versions = await deps.agreements.versions(actor, agreementId, number - 1, 1, true);
  if (versions === null) return noAgreement;
  const [version] = versions;
  if (version?.number !== number) return REFUSED['version-unknown'];
  const checked = await deps.checkSignature(signature, version.text!, await deps.agreements.keys(actor));
  return 'fault' in checked ? broken('/signature', SIGNATURE_FAULTS[checked.fault]) : checked;
}

const broken = (pointer: string, detail: string): Problem =>
  problem('rule-broken', 'The signature does not count.', { errors: [{ pointer, detail }] });

export const VERSION_ENDED = problem(
  'conflict',
  'The agreement has ended, or this version would have; it cannot be signed any more.',
);

const REFUSED: Readonly<Record<Exclude<Signed, 'ok' | 'amended'>, Problem>> = {
  'not-found': noAgreement,
  'version-unknown': broken('/number', 'is no version of this agreement'),
  terminated: problem('conflict', 'The agreement was terminated; it cannot be signed any more.'),
  ended: VERSION_ENDED,
  withdrawn: problem('conflict', 'This version was withdrawn.'),
  superseded: problem('conflict', 'A later version is in force; sign that one.'),
  left: problem('conflict', 'Your agency has left the agreement; it comes back by an amendment that names it.'),
  'not-named': problem('conflict', 'This version does not name your agency as a party.'),
  signed: problem('conflict', 'Your agency has signed this version already.'),
  // The key was replaced, or its system switched off, since the signature was checked.
  'key-gone': broken('/signature', SIGNATURE_FAULTS['key-unknown']),
};
