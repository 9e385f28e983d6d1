/** Why a signature under an agreement does not count. */
export type SignatureFaultCode =
  | 'not-jws'
  | 'critical-header'
  | 'algorithm'
  | 'key-unknown'
  | 'other-text'
  | 'not-by-key';

export interface SignatureFault {
  fault: SignatureFaultCode;
}

/** One sentence each, for the signer's developer. */
export const SIGNATURE_FAULTS: Readonly<Record<SignatureFaultCode, string>> = {
  'not-jws': 'is no compact JWS of RFC 7515, three parts between dots of which the first is a header with alg and kid',
  'critical-header': 'has a crit header; none is used here',
  algorithm: 'says an alg that is not taken here; sign by ES384, EdDSA, Ed25519 or PS256',
  'key-unknown': 'names a kid that no system of your agency has, or only one that is switched off',
  'other-text': 'has another payload than the text of this version, byte by byte',
  'not-by-key': 'was not made by the key that its kid names',
};

export const signatureFault = (fault: SignatureFaultCode): SignatureFault => ({ fault });
