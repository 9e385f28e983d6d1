/** What the partners have signed, checked as anybody can who has the answer: without the exchange, by the keys beside the signatures. */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import type { AgreementVersionView } from '../../contract/agreement-versions.ts';
import { DEMO_AGREEMENT } from '../../embedded/demo-agencies.ts';
import type { Cast } from './cast.ts';

type Signature = AgreementVersionView['signatures'][number];

export async function verifiesAgreement({ rantzau, narrator }: Cast): Promise<void> {
  const { step, told, shows, check } = narrator;

  step('The youth counselling service', 'gets the agreement of the five partners, as they signed it.');
  const path = `/v1/agreements/${DEMO_AGREEMENT.id}/versions/1`;
  const version = await told(rantzau.get<AgreementVersionView>(path), 200);
  const { text, textHash, terms, signatures } = version;
  shows(
    ...text.split('\n').filter(Boolean).slice(0, 2),
    `… ${text.length} characters, SHA-256 ${textHash.slice(0, 16)}…`,
  );
  check('its hash is that of the text', sha256(text), textHash);

  step('The youth counselling service', 'verifies the signatures by itself (JWS), with the public keys beside them.');
  const signers = signatures.map(({ agencyId }) => agencyId);
  check('every party has signed', signers.toSorted(), terms.parties.toSorted());
  for (const signature of signatures) {
    const isOfText = (await textSignedBy(signature)) === text;
    check(`${signature.agencyName} signed these very words`, isOfText, true);
  }
  const thumbprints = await Promise.all(signatures.map(({ jwk }) => calculateJwkThumbprint(jwk as JWK)));
  const shown = signatures.map(({ thumbprint }) => thumbprint);
  check('each with a key of its own, of the thumbprint that is shown', thumbprints, shown);
  check('no two with the same', new Set(thumbprints).size, signatures.length);
  const other = await textSignedBy(withText(signatures[0]!, text.replace('2007', '2008')));
  check('under a text with another year the signature does not hold', other, null);
}

/** The text that a key has signed; null: the signature is not of that key and text. */
async function textSignedBy({ jws, jwk }: Signature): Promise<string | null> {
  try {
    const { payload } = await compactVerify(jws!, await importJWK(jwk as JWK));
    return Buffer.from(payload).toString('utf8');
  } catch {
    return null;
  }
}

/** The same signature under another text. */
function withText(signature: Signature, text: string): Signature {
  const [header, , mark] = signature.jws!.split('.');
  return { ...signature, jws: [header, Buffer.from(text, 'utf8').toString('base64url'), mark].join('.') };
}

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
