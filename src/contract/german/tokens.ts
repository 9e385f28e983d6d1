import type { Translations } from '../german.ts';

/** About who is calling (src/auth). */
export const TOKENS: Translations = {
  'Send an access token: Authorization: Bearer <token>.': 'Senden Sie ein Zugangstoken: Authorization: Bearer <token>.',
  'The Authorization header is of another scheme; send Authorization: Bearer <token>.':
    'Die Kopfzeile Authorization hat ein anderes Schema; senden Sie Authorization: Bearer <token>.',
  'The access token is longer than {} characters.': 'Das Zugangstoken ist länger als {1} Zeichen.',
  'The Authorization header says Bearer, but no token follows.':
    'In der Kopfzeile Authorization steht Bearer, aber kein Token danach.',
  'Send exactly one access token, with one space between Bearer and the token.':
    'Senden Sie genau ein Zugangstoken, mit einem Leerzeichen zwischen Bearer und dem Token.',
  'The access token is not a signed JWT.': 'Das Zugangstoken ist kein signiertes JWT.',
  'The caseworker is a pseudonym of 1 to 64 letters, digits, dots, hyphens or underscores; never send a name.':
    'Die Fachkraft wird durch ein Pseudonym aus 1 bis 64 Buchstaben, Ziffern, Punkten, Binde- oder Unterstrichen bezeichnet; senden Sie nie einen Namen.',
  'It is not an access token: the header typ must be {}.':
    'Es ist kein Zugangstoken: typ im Kopf des Tokens muss {1} sein.',
  'It is not an access token: the claim typ must be Bearer.':
    'Es ist kein Zugangstoken: der Claim typ muss Bearer sein.',
  'It must say when it was issued and when it ends (iat, exp).':
    'Es muss sagen, wann es ausgestellt wurde und wann es endet (iat, exp).',
  'It was issued in the future (iat); compare the clocks.':
    'Es ist in der Zukunft ausgestellt (iat); vergleichen Sie die Uhren.',
  'It lives longer than {} seconds (exp - iat).': 'Es gilt länger als {1} Sekunden (exp - iat).',
  'It does not name its client (client_id).': 'Es nennt sein System nicht (client_id).',
  'The claim {} must be the UUID of an agency.': 'Der Claim {1} muss die UUID einer Stelle sein.',
  "It acts for no agency (claim {}) and is not the admin's (scope exchange:admin).":
    'Es handelt für keine Stelle (Claim {1}) und nicht für die Verwaltung (Scope exchange:admin).',
  'It acts for an agency and for the admin of the exchange; no token may do both.':
    'Es handelt für eine Stelle und zugleich für die Verwaltung; kein Token darf beides.',
  'It has expired; fetch a new one.': 'Es ist abgelaufen; holen Sie ein neues.',
  'It must be signed with {}.': 'Es muss mit {1} signiert sein.',
  'It is signed with a key that its issuer does not publish.':
    'Es ist mit einem Schlüssel signiert, den sein Aussteller nicht veröffentlicht.',
  'Its signature is wrong.': 'Seine Signatur ist falsch.',
  'It cannot be read.': 'Es ist nicht lesbar.',
  'It must be issued by {} (iss).': 'Es muss von {1} ausgestellt sein (iss).',
  'It must be issued for {} (aud).': 'Es muss für {1} ausgestellt sein (aud).',
  'It is not valid yet (nbf); compare the clocks.': 'Es gilt noch nicht (nbf); vergleichen Sie die Uhren.',
  'The identity provider cannot be reached to check the access token; try again.':
    'Der Identitätsanbieter ist nicht erreichbar, um das Zugangstoken zu prüfen; versuchen Sie es noch einmal.',
  'is not a JSON Web Key': 'ist kein JSON Web Key',
  'carries private members: send the public half only, and replace this key, for it is no longer secret':
    'enthält private Teile: senden Sie nur die öffentliche Hälfte, und ersetzen Sie diesen Schlüssel, denn er ist nicht mehr geheim',
  'is not meant for signatures': 'ist nicht für Signaturen bestimmt',
  'cannot be read': 'ist nicht lesbar',
  'is neither P-384, Ed25519 nor RSA': 'ist weder P-384 noch Ed25519 noch RSA',
  'is not for {}': 'ist nicht für {1}',
  'is too short: RSA needs at least {} bits': 'ist zu kurz: RSA braucht mindestens {1} Bit',
  'has a weak exponent: use 65537': 'hat einen schwachen Exponenten: nehmen Sie 65537',
  'A key set with at least one public key is needed.':
    'Es braucht einen Schlüsselsatz mit mindestens einem öffentlichen Schlüssel.',
  'At most {} keys can be registered for a client.': 'Für ein System lassen sich höchstens {1} Schlüssel anmelden.',
  'Key {} {}.': 'Schlüssel {1} {2}.',
};
