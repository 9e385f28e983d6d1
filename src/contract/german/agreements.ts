import type { Translations } from '../german.ts';

/** Agreements: their versions, signatures, amendments and ends. */
export const AGREEMENTS: Translations = {
  'version of an agreement': 'Fassung einer Vereinbarung',
  'The signature does not count.': 'Die Unterschrift gilt nicht.',
  'is no version of this agreement': 'ist keine Fassung dieser Vereinbarung',
  'is no compact JWS of RFC 7515, three parts between dots of which the first is a header with alg and kid':
    'ist keine kompakte JWS nach RFC 7515: drei Teile zwischen Punkten, der erste ein Kopf mit alg und kid',
  'has a crit header; none is used here': 'hat einen Kopf crit; hier wird keiner verwendet',
  'says an alg that is not taken here; sign by ES384, EdDSA, Ed25519 or PS256':
    'nennt ein alg, das hier nicht angenommen wird; unterschreiben Sie mit ES384, EdDSA, Ed25519 oder PS256',
  'names a kid that no system of your agency has, or only one that is switched off':
    'nennt eine kid, die kein System Ihrer Stelle hat oder nur ein abgeschaltetes',
  'has another payload than the text of this version, byte by byte':
    'hat einen anderen Inhalt als den Text dieser Fassung, Byte für Byte',
  'was not made by the key that its kid names': 'stammt nicht von dem Schlüssel, den ihre kid nennt',
  'The agreement was terminated; it cannot be signed any more.':
    'Die Vereinbarung ist gekündigt; sie lässt sich nicht mehr unterschreiben.',
  'The agreement has ended, or this version would have; it cannot be signed any more.':
    'Die Vereinbarung ist beendet, oder diese Fassung wäre es; sie lässt sich nicht mehr unterschreiben.',
  'This version was withdrawn.': 'Diese Fassung wurde zurückgezogen.',
  'A later version is in force; sign that one.': 'Eine spätere Fassung ist in Kraft; unterschreiben Sie diese.',
  'Your agency has left the agreement; it comes back by an amendment that names it.':
    'Ihre Stelle ist aus der Vereinbarung ausgeschieden; zurück kommt sie durch eine Änderung, die sie nennt.',
  'This version does not name your agency as a party.': 'Diese Fassung nennt Ihre Stelle nicht als Beteiligte.',
  'Your agency has signed this version already.': 'Ihre Stelle hat diese Fassung schon unterschrieben.',
  'With your signature this version is in force. That would close for good {}. Nothing has happened yet. Send the request again with "confirm": true to do it.':
    'Mit Ihrer Unterschrift ist diese Fassung in Kraft. Das würde endgültig schließen: {1}. Noch ist nichts geschehen. Senden Sie die Anfrage noch einmal mit "confirm": true, um es zu tun.',
  'This would close for good {}, and permit no new ones from or to your agency. Nothing has happened yet. Send the request again with "confirm": true to do it.':
    'Das würde endgültig schließen: {1}; neue von oder an Ihre Stelle wären nicht mehr erlaubt. Noch ist nichts geschehen. Senden Sie die Anfrage noch einmal mit "confirm": true, um es zu tun.',
  'The agreement cannot be amended like this.': 'So lässt sich die Vereinbarung nicht ändern.',
  'changes nothing': 'ändert nichts',
  'must name everybody who is named now and has not left':
    'muss alle nennen, die jetzt genannt und nicht ausgeschieden sind',
  'must lie ahead; to end it at once, terminate it':
    'muss in der Zukunft liegen; um sie sofort zu beenden, kündigen Sie sie',
  'Your agency has not signed the agreement, or has left it.':
    'Ihre Stelle hat die Vereinbarung nicht unterschrieben oder ist aus ihr ausgeschieden.',
  'Nobody has signed the agreement; terminate it and draft another one.':
    'Niemand hat die Vereinbarung unterschrieben; kündigen Sie sie und entwerfen Sie eine neue.',
  'The agreement was terminated; draft another one.': 'Die Vereinbarung ist gekündigt; entwerfen Sie eine neue.',
  'The agreement has ended; draft another one.': 'Die Vereinbarung ist beendet; entwerfen Sie eine neue.',
  'An amendment is open already; sign it, or have it withdrawn first.':
    'Eine Änderung ist schon offen; unterschreiben Sie sie, oder lassen Sie sie zuerst zurückziehen.',
  'No amendment of this agreement is open.': 'Für diese Vereinbarung ist keine Änderung offen.',
  'Only who proposed the amendment may withdraw it, or the admin.':
    'Zurückziehen darf die Änderung nur, wer sie vorgeschlagen hat, oder die Administration.',
  'belongs to AMEND, and to it alone': 'gehört zu AMEND und nur dazu',
  'Your agency has not signed it, or has left it already.':
    'Ihre Stelle hat sie nicht unterschrieben oder ist schon ausgeschieden.',
  'Your agency has not signed it, or has left it, so it cannot end it for others.':
    'Ihre Stelle hat sie nicht unterschrieben oder ist ausgeschieden; deshalb kann sie sie nicht für andere beenden.',
};
