import type { Translations } from '../german.ts';

/** What a webhook's URL can have wrong (src/delivery/webhook-address.ts). */
export const WEBHOOK_ADDRESS: Translations = {
  'The URL may have at most {} characters.': 'Die URL darf höchstens {1} Zeichen haben.',
  'The URL must not hold spaces, backslashes or invisible characters.':
    'Die URL darf keine Leerzeichen, umgekehrten Schrägstriche oder unsichtbaren Zeichen enthalten.',
  'The URL must begin with https:// and a name or an address.':
    'Die URL muss mit https:// und einem Namen oder einer Adresse beginnen.',
  'The URL must not hold a user name or a password; the signature says who sends.':
    'Die URL darf weder Benutzernamen noch Passwort enthalten; wer sendet, sagt die Signatur.',
  'The URL must not have a fragment, which begins with #.': 'Die URL darf kein Fragment haben; es beginnt mit #.',
  'This is not a URL that can be called.': 'Das ist keine URL, die sich aufrufen lässt.',
  'The name in the URL must not end with a full stop.': 'Der Name in der URL darf nicht mit einem Punkt enden.',
  'http:// is possible only where the name is found and all its addresses lie in networks that the operator has allowed; use https://.':
    'http:// ist nur möglich, wenn der Name zu finden ist und alle seine Adressen in Netzen liegen, die der Betrieb erlaubt hat; verwenden Sie https://.',
  'The address is not a public one, and the operator has not allowed its network.':
    'Die Adresse ist keine öffentliche, und der Betrieb hat ihr Netz nicht erlaubt.',
  'The name is not found, or one of its addresses is not a public one and the operator has not allowed its network.':
    'Der Name ist nicht zu finden, oder eine seiner Adressen ist keine öffentliche und der Betrieb hat ihr Netz nicht erlaubt.',
};
