/** Agreements and their versions as they go over the wire. */
import {
  type AgreementStatus,
  type AgreementVersionTerms,
  agreementStatus,
  type VersionStatus,
  versionStatus,
} from '../domain/agreement.ts';
import { formatInstant, formatInstantOrNull } from './common.ts';

interface AgreementLike extends Omit<AgreementVersionTerms, 'parties'> {
  id: string;
  terminatedAt: number | null;
  number: number;
  openAmendment: { number: number; signedBy: string[] } | null;
  version: number;
  asOf: number;
  parties: readonly { agencyId: string; signedAt: number | null; leftAt: number | null }[];
}

const viewTerms = ({ from, until, ...terms }: Omit<AgreementVersionTerms, 'parties'>) => ({
  ...terms,
  from: formatInstant(from),
  until: formatInstantOrNull(until),
});

export const viewAgreement = <T extends AgreementLike>(agreement: T) => {
  const { asOf, openAmendment, parties, terminatedAt } = agreement;
  const status: AgreementStatus = agreementStatus(agreement, asOf);
  return {
    ...viewTerms(agreement),
    id: agreement.id,
    status,
    number: agreement.number,
    version: agreement.version,
    terminatedAt: formatInstantOrNull(terminatedAt),
    openAmendment: openAmendment && { number: openAmendment.number, signedBy: openAmendment.signedBy },
    parties: parties.map((party) => ({
      agencyId: party.agencyId,
      signedAt: formatInstantOrNull(party.signedAt),
      leftAt: formatInstantOrNull(party.leftAt),
    })),
  };
};

interface VersionLike {
  agreementId: string;
  number: number;
  current: number;
  terms: AgreementVersionTerms;
  text: string | null;
  textHash: string;
  proposedBy: string | null;
  proposedAt: number;
  inForceAt: number | null;
  withdrawnAt: number | null;
  signatures: readonly {
    agencyId: string;
    agencyName: string;
    signedAt: number;
    jws: string | null;
    kid: string | null;
    jwk: Readonly<Record<string, string>> | null;
    thumbprint: string | null;
  }[];
}

const viewHeader = (version: VersionLike) => {
  const status: VersionStatus = versionStatus(version, version.current);
  return {
    agreementId: version.agreementId,
    number: version.number,
    status,
    proposedBy: version.proposedBy,
    proposedAt: formatInstant(version.proposedAt),
    inForceAt: formatInstantOrNull(version.inForceAt),
    withdrawnAt: formatInstantOrNull(version.withdrawnAt),
    textHash: version.textHash,
  };
};

export const viewAgreementVersionHeader = (version: VersionLike) => ({
  ...viewHeader(version),
  signedBy: version.signatures.map(({ agencyId, signedAt }) => ({ agencyId, signedAt: formatInstant(signedAt) })),
});

export const viewAgreementVersion = (version: VersionLike) => ({
  ...viewHeader(version),
  terms: { ...viewTerms(version.terms), parties: version.terms.parties },
  text: version.text,
  signatures: version.signatures.map((one) => ({ ...one, signedAt: formatInstant(one.signedAt) })),
});

export const viewAgreementPreview = <T extends { disclosures: readonly { openedAt: number }[] }>(preview: T) => ({
  ...preview,
  disclosures: preview.disclosures.map((one) => ({ ...one, openedAt: formatInstant(one.openedAt) })),
});
