import type { Translations } from '../german.ts';

/** The rhythm of an agreement. */
export const ROUNDS: Translations = {
  round: 'Runde',
  'is no recurrence rule of RFC 5545, which looks like FREQ=MONTHLY;BYDAY=2TU;BYHOUR=8':
    'ist keine Wiederholungsregel nach RFC 5545; sie sieht so aus: FREQ=MONTHLY;BYDAY=2TU;BYHOUR=8',
  'has to say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY: a round comes at most once a day':
    'muss FREQ=DAILY, WEEKLY, MONTHLY oder YEARLY nennen: Eine Runde kommt höchstens einmal am Tag',
  'asks for several rounds a day; write one BYHOUR and one BYMINUTE at most':
    'verlangt mehrere Runden am Tag; höchstens ein BYHOUR und ein BYMINUTE',
  'says COUNT and UNTIL; write one of them': 'nennt COUNT und UNTIL; nur eines von beiden',
  'says BYSETPOS without another BY part that it picks from':
    'nennt BYSETPOS ohne einen anderen BY-Teil, aus dem es auswählt',
  'says BYYEARDAY with BYMONTHDAY, BYWEEKNO or BYDAY; write one of them':
    'nennt BYYEARDAY mit BYMONTHDAY, BYWEEKNO oder BYDAY; nur eines davon',
  'counts weekdays, as in BYDAY=2TU, which goes with FREQ=MONTHLY or YEARLY, and without BYWEEKNO and BYMONTHDAY':
    'zählt Wochentage wie in BYDAY=2TU; das passt zu FREQ=MONTHLY oder YEARLY, nicht zu BYWEEKNO und BYMONTHDAY',
  'has a part that is not used here; write {}': 'hat einen Teil, der hier nicht verwendet wird; möglich sind {1}',
  'says {} twice': 'nennt {1} zweimal',
  'does not write {} as RFC 5545 has it, or beyond what is taken here':
    'schreibt {1} nicht so, wie RFC 5545 es verlangt, oder geht über das hinaus, was hier angenommen wird',
  'says {}, which does not go with FREQ={}': 'nennt {1}; das passt nicht zu FREQ={2}',
  'gives no round in the first ten years, or so few that they cannot be counted':
    'ergibt in den ersten zehn Jahren keine Runde oder so wenige, dass sie sich nicht zählen lassen',
  'gives no round before the agreement ends': 'ergibt keine Runde, bevor die Vereinbarung endet',
};
