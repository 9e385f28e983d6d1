import type { OwnPageWords } from '../own-page.ts';

/** English. */
export const EN: OwnPageWords = {
  title: 'Information about your data',
  file: 'File reference',
  asOf: 'As of',
  draft: 'Nobody whose first language this is has checked this translation yet. The German text holds.',
  role: 'This office exchanges data about you with other offices only if you have allowed it. The exchange goes through a shared service. Before anything is passed on, and before it is read, the service checks whether your permission holds. It keeps the content encrypted.',
  nothing: 'Nothing.',
  held: {
    title: '1. What this office holds about you',
    writtenHere: 'written by this office on',
    receivedFrom: 'received from',
    receivedFor: 'for the purpose',
    secrecy: 'Written under professional secrecy (§ 203 StGB).',
    concernsOthers: 'It is about other persons as well. Who they are does not stand here.',
    corrected: 'This entry was corrected. A newer one replaces it.',
    corrects: 'Corrects an older entry.',
    filedUnder: 'belongs to',
    guardFrom: 'goes to no public body from',
    erased: 'Erased by this office',
    erasedAt: 'erased on',
    ended: 'What this office had received and cannot read any more',
  },
  given: {
    title: '2. Who received data about you',
  },
  said: {
    title: '3. What you allowed and what you said no to',
    releases: 'Release from professional secrecy',
  },
  answers: {
    title: '4. What has ended, and who has answered',
  },
  rights: {
    title: '5. Your rights',
  },
  agreements: {
    title: 'Agreements that the sharing relies on',
  },
  notes: {
    title: 'What is not on this page',
  },
  column: {
    what: 'What',
    path: 'From whom, to whom',
    purpose: 'Purpose',
    dates: 'When',
    basis: 'What it relies on',
    said: 'What was said',
    validity: 'Holds',
    from: 'from',
    ended: 'ended',
    answer: 'Answer of the office',
    agreement: 'Agreement',
  },
  on: {
    shared: 'shared on',
    received: 'received on',
    read: 'first read on',
    notRead: 'not read yet',
    ended: 'ended on',
    until: 'holds until',
    since: 'since',
    from: 'from',
  },
  every: {
    agency: 'all offices',
    purpose: 'all purposes',
    category: 'all kinds of data',
  },
  basis: {
    notShown: 'What it relies on is known to the office that wrote the entry.',
    agreement: 'Agreement',
    yes: 'Your permission of',
    release: 'Your release from professional secrecy of',
  },
  end: {
    SAID_NO: 'You said no.',
    CORRECTED: 'The entry was corrected.',
    ERASED: 'The entry was erased.',
    SUSPENDED: 'One of the offices was suspended.',
    AGREEMENT_ENDED: 'The agreement of the offices has ended.',
    CONSENT_ENDED: 'Your permission has run out.',
    FORWARDING_ENDED: 'It was recalled, rejected, or nobody accepted it.',
    other: 'This office does not know the reason.',
  },
  decision: {
    GIVEN: 'allowed',
    REFUSED: 'refused',
    WITHDRAWN: 'withdrawn',
  },
  form: {
    WRITTEN: 'in writing',
    ELECTRONIC: 'electronically',
    ORAL: 'orally',
  },
  statedBy: {
    PERSON: 'by yourself',
    GUARDIAN: 'by your parents or guardian',
    LEGAL_REPRESENTATIVE: 'by your legal representative',
  },
  answer: {
    STOPPED: 'The office does not use the data any more.',
    RETAINED: 'The office keeps the data because a law demands it',
    ERASED: 'The office has erased the data.',
    owed: 'The answer is owed since',
    overdue: 'The answer is overdue since',
    notNeeded: 'The office never read the data and owes no answer.',
  },
  value: {
    yes: 'yes',
    no: 'no',
  },
  right: {
    access: {
      title: 'Access',
      text: 'You may ask at any time what an office has stored about you, where it comes from and who received it. It costs nothing.',
    },
    rectification: {
      title: 'Rectification',
      text: 'If something is wrong, the office has to correct it. If something is missing, it has to complete it.',
    },
    erasure: {
      title: 'Erasure',
      text: 'If something is not needed any more or was not allowed, the office has to erase it, unless a law demands that it is kept.',
    },
    restriction: {
      title: 'Restriction',
      text: 'For example while it is not clear whether something is right, you can demand that the office only keeps it and does not use it.',
    },
    notification: {
      title: 'Notification',
      text: 'When the office has corrected, erased or restricted something, it tells everybody who received it, and tells you who they are if you ask.',
    },
    portability: {
      title: 'Taking your data along',
      text: 'What you have told the office yourself you can get in a common file format.',
    },
    objection: {
      title: 'Objection',
      text: 'If the office processes data without your permission for a public task, you can object for reasons that lie in your situation.',
    },
    withdrawal: {
      title: 'Saying no',
      text: 'You can withdraw every permission at any time, as a whole or for some data, offices or purposes. It is enough to tell one office. It holds at once. What was done before stays permitted.',
    },
    complaint: {
      title: 'Complaint',
    },
  },
  complaint: {
    GDPR_SGB:
      'You can complain to the data protection authority that is responsible for this office: that of your Land, for Jobcenter the federal one (BfDI).',
    DSG_EKD:
      'This office belongs to the Protestant church or Diakonie. You can complain to the data protection commissioner of the EKD.',
    KDG: 'This office belongs to the Catholic church or Caritas. You can complain to the data protection authority of the dioceses.',
  },
  note: {
    others:
      'Other offices keep their own records. What they hold about you stands here only as far as this office may know it. Ask each office for such a page.',
    aboutOthers:
      'Entries about other people that only mention you are never on this page. Ask the office: it tells you what of them concerns you, as far as that does not reveal others (Art. 15(4) GDPR).',
    files: 'Of files only name and size stand here. The office gives you a copy.',
    language: 'What the offices wrote stands here in the language in which it was written.',
  },
};
