import type { ConsentTextWords } from './words.ts';

export const en: ConsentTextWords = {
  draft: null,
  title: {
    CONSENT: 'Consent: may we pass on your data?',
    RELEASE: 'Release from the duty of confidentiality: may we talk to others about you?',
  },
  sayNo: {
    title: 'You may say no',
    lines: [
      'You do not have to sign anything. You may say no to every point or only to some.',
      'If you say no, you have no disadvantage in counselling.',
      'Whether you get benefits does not depend on it.',
      'You can take back a yes at any time. You do not have to give a reason.',
      'You can do so at any office: say it, write it, or let somebody speak for you. It then holds at once.',
      'What happened until then was allowed.',
    ],
  },
  asker: {
    title: 'Who is asking you?',
    name: 'This office is asking',
    sponsor: 'The organisation behind it',
    contact: 'Address and telephone',
    protectionOfficer: 'Data protection officer',
    why: {
      CONSENT: ['The office would like to pass on your data to other offices. For that it needs your yes.'],
      RELEASE: [
        'Whoever counsels you has to keep silent. The law says so ({law}).',
        'Only with your yes may the counsellors tell others what you have told them in confidence. This is called: to release them from the duty of confidentiality.',
        'This sheet is for that alone. It only helps if you have also said yes to passing on the data. You can say yes to the one and no to the other.',
      ],
    },
    speakingFor: {
      GUARDIAN: 'You are signing for a child. On this sheet “your data” means: the data of the child.',
      LEGAL_REPRESENTATIVE:
        'You are signing for a person whom you represent by law. On this sheet “your data” means: the data of that person.',
    },
    youth:
      'You are 15, 16 or 17 years old and decide yourself. Please keep asking until you have understood everything.',
  },
  points: {
    title: 'What are we asking you?',
    how: [
      'At each point there are two boxes. Please tick yes or no. Nothing is ticked beforehand.',
      'No tick means: no.',
    ],
    point: 'Point {number}',
    gives: { CONSENT: 'Who gives the data', RELEASE: 'Who may talk' },
    gets: { CONSENT: 'Who gets the data', RELEASE: 'To whom' },
    what: { CONSENT: 'Which data', RELEASE: 'About what' },
    why: 'What for',
    until: 'How long',
    untilDay: 'until {day}, that day included',
    special:
      'The law protects these data specially (Article 9 GDPR). With a yes you agree expressly that these data are passed on as well.',
    yes: { CONSENT: 'Yes, these data may be passed on.', RELEASE: 'Yes, they may talk about that.' },
    no: { CONSENT: 'No, these data may not be passed on.', RELEASE: 'No, they may not talk about that.' },
  },
  howLong: {
    title: 'How long does it last?',
    ends: 'Each yes ends by itself. The last day is {day}.',
    endsWithChildhood: 'It also ends when the child turns 18.',
    kept: 'We keep this sheet for as long as we have to prove what you said.',
  },
  rights: {
    title: 'Your rights',
    lines: [
      'You can ask which data we have about you and who got them (Article 15 GDPR).',
      'We have to correct wrong data (Article 16).',
      'You can demand that we delete data or no longer use them (Articles 17 and 18). Whoever got them is told (Article 19).',
      'You can take your data with you (Article 20) and object to our using them (Article 21).',
      'You can complain to the supervisory authority for data protection (Article 77).',
    ],
    church: 'For this church office these rights stand in the law {law}.',
    authority: 'Supervisory authority',
  },
  signature: {
    title: 'Signature',
    copy: 'You get a copy of this sheet.',
    nameOf: { PERSON: 'Your name', GUARDIAN: 'Name of the child', LEGAL_REPRESENTATIVE: 'Name of the person' },
    ownName: 'Your name',
    relation: 'Who you are to the child (for example mother, father, guardian)',
    placeAndDay: 'Place and date',
    signature: 'Your signature',
    secondParent: 'Signature of the other parent, if both have custody',
    understood:
      'To be filled in by the office. We have talked to the young person. She or he understands what this is about.',
    officeSignature: 'Date and signature of the office',
  },
  paper: { number: 'Number of this sheet', made: 'Made on' },
};
