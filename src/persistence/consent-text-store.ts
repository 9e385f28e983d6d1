import type {
  ConsentTextRecord,
  ConsentTextStore,
  ConsentTextTransaction,
  SealedConsentText,
} from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { only, readSealed } from './read-json.ts';

type Row = ConsentTextRecord & { sealed: string; wrapped: string };

/** Its row goes with the key of its handle, so there is one. */
const readText = ({ sealed, wrapped, ...text }: Row): SealedConsentText => ({
  ...text,
  sealed: readSealed({ clientId: text.clientId, wrapped, sealed }),
});

/** Also on a snapshot. */
export function consentTextStore(database: Caller): ConsentTextStore {
  return {
    make: async (actor, { texts, ...made }, mostOfClient) => {
      const text = 'SELECT api.make_consent_texts($1, $2, $3, $4) AS outcome';
      const bare = texts.map(({ sealed: _sealed, ...one }) => one);
      const values = [actor, { ...made, texts: bare }, texts.map(({ sealed }) => sealed), mostOfClient];
      return only(await database.call<{ outcome: 'ok' | 'too-many' }>('make_consent_texts', text, values)).outcome;
    },
    get: async (actor, id) => {
      const text = 'SELECT api.get_consent_text($1, $2) AS found';
      const rows = await database.call<{ found: Row | null }>('get_consent_text', text, [actor.agency, id]);
      const { found } = only(rows);
      return found && readText(found);
    },
    list: async (actor, clientId, position, most) => {
      const text = 'SELECT api.list_consent_texts($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, clientId, position?.at ?? null, position?.id ?? null, most];
      const { list } = only(await database.call<{ list: Row[] | null }>('list_consent_texts', text, values));
      return list?.map(readText) ?? null;
    },
    forget: async (most) => {
      const text = 'SELECT api.forget_consent_texts($1) AS many';
      return only(await database.call<{ many: number }>('forget_consent_texts', text, [most])).many;
    },
  };
}

export const consentTextTransaction = (tx: Caller): ConsentTextTransaction => ({
  consentTextsNamed: async (actor, hashes) => {
    if (hashes.length === 0) return [];
    const text = 'SELECT api.named_consent_texts($1, $2) AS list';
    return only(await tx.call<{ list: ConsentTextRecord[] }>('named_consent_texts', text, [actor.agency, hashes])).list;
  },
});
