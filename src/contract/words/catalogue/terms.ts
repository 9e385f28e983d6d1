/**
 * Codes that name something by its word in German law, or in German practice. In other languages than English the German word
 * stands: whoever looks for it on a letter of an office finds that one.
 */
export const TERMS = {
  FREIZUEGIGKEIT_EU: {
    de: 'Freizügigkeit EU',
    en: 'free movement (EU)',
  },
  AUFENTHALTSKARTE_EU: {
    de: 'Aufenthaltskarte EU',
    en: 'residence card (EU)',
  },
  AUFENTHALTSDOKUMENT_GB: {
    de: 'Aufenthaltsdokument-GB',
    en: 'residence document GB',
  },
  AUFENTHALTSERLAUBNIS: {
    de: 'Aufenthaltserlaubnis',
    en: 'residence permit',
  },
  BLAUE_KARTE_EU: {
    de: 'Blaue Karte EU',
    en: 'EU Blue Card',
  },
  ICT_KARTE: {
    de: 'ICT-Karte',
    en: 'ICT card',
  },
  NIEDERLASSUNGSERLAUBNIS: {
    de: 'Niederlassungserlaubnis',
    en: 'settlement permit',
  },
  DAUERAUFENTHALT_EU: {
    de: 'Daueraufenthalt EU',
    en: 'EU long-term residence',
  },
  FIKTIONSBESCHEINIGUNG: {
    de: 'Fiktionsbescheinigung',
    en: 'provisional residence document',
  },
  ANKUNFTSNACHWEIS: {
    de: 'Ankunftsnachweis',
    en: 'proof of arrival',
  },
  GESTATTUNG: {
    de: 'Aufenthaltsgestattung',
    en: 'permission to stay during asylum proceedings',
  },
  DULDUNG: {
    de: 'Duldung',
    en: 'temporary suspension of deportation',
  },
  ERGAENZUNGSPFLEGSCHAFT: {
    de: 'Ergänzungspflegschaft',
    en: 'supplementary guardianship',
  },
  SGB_II_LEBENSUNTERHALT: {
    de: 'Lebensunterhalt (SGB II, Bürgergeld)',
    en: 'living costs (SGB II, Bürgergeld)',
  },
  SGB_II_EINGLIEDERUNG: {
    de: 'Eingliederung in Arbeit (SGB II)',
    en: 'integration into work (SGB II)',
  },
  SGB_II_BILDUNG_TEILHABE: {
    de: 'Bildung und Teilhabe (SGB II)',
    en: 'education and participation (SGB II)',
  },
  SGB_III_ARBEITSLOSENGELD: {
    de: 'Arbeitslosengeld (SGB III)',
    en: 'unemployment benefit (SGB III)',
  },
  SGB_III_AUSBILDUNGSBEIHILFE: {
    de: 'Berufsausbildungsbeihilfe (SGB III)',
    en: 'vocational training grant (SGB III)',
  },
  SGB_XII_LEBENSUNTERHALT: {
    de: 'Hilfe zum Lebensunterhalt (SGB XII)',
    en: 'help with living costs (SGB XII)',
  },
  SGB_XII_GRUNDSICHERUNG: {
    de: 'Grundsicherung (SGB XII)',
    en: 'basic income support (SGB XII)',
  },
  ASYLBLG: {
    de: 'Leistungen nach dem AsylbLG',
    en: 'benefits under the AsylbLG',
  },
  WOHNGELD: {
    de: 'Wohngeld',
    en: 'housing benefit',
  },
  KINDERGELD: {
    de: 'Kindergeld',
    en: 'child benefit',
  },
  KINDERZUSCHLAG: {
    de: 'Kinderzuschlag',
    en: 'child supplement',
  },
  ELTERNGELD: {
    de: 'Elterngeld',
    en: 'parental allowance',
  },
  UNTERHALTSVORSCHUSS: {
    de: 'Unterhaltsvorschuss',
    en: 'maintenance advance',
  },
  BAFOEG: {
    de: 'BAföG',
    en: 'BAföG (student grant)',
  },
  ERSTER: {
    de: 'Erster allgemeinbildender Schulabschluss',
    en: 'first general school certificate',
  },
  MITTLERER: {
    de: 'Mittlerer Schulabschluss',
    en: 'intermediate school certificate',
  },
  FACHHOCHSCHULREIFE: {
    de: 'Fachhochschulreife',
    en: 'entrance qualification for universities of applied sciences',
  },
  HOCHSCHULREIFE: {
    de: 'Hochschulreife (Abitur)',
    en: 'university entrance qualification',
  },
  INTEGRATIONSKURS: {
    de: 'Integrationskurs',
    en: 'integration course',
  },
  ALPHABETISIERUNGSKURS: {
    de: 'Alphabetisierungskurs',
    en: 'literacy course',
  },
  ZWEITSCHRIFTKURS: {
    de: 'Zweitschriftlernerkurs',
    en: 'course in Latin script',
  },
  JUGENDINTEGRATIONSKURS: {
    de: 'Jugendintegrationskurs',
    en: 'integration course for young people',
  },
  FRAUEN_ELTERNKURS: {
    de: 'Frauen- oder Elternintegrationskurs',
    en: 'integration course for women or parents',
  },
  FOERDERKURS: {
    de: 'Förderkurs',
    en: 'catch-up course',
  },
  INTENSIVKURS: {
    de: 'Intensivkurs',
    en: 'intensive course',
  },
  ORIENTIERUNGSKURS: {
    de: 'Orientierungskurs',
    en: 'orientation course',
  },
  BERUFSSPRACHKURS: {
    de: 'Berufssprachkurs',
    en: 'language course for work',
  },
  ERSTORIENTIERUNGSKURS: {
    de: 'Erstorientierungskurs',
    en: 'first orientation course',
  },
  LANDESKURS: {
    de: 'Landeskurs',
    en: 'course of the Land',
  },
  LEBEN_IN_DEUTSCHLAND: {
    de: 'Leben in Deutschland (Test)',
    en: 'test “Life in Germany”',
  },
  JOBCENTER: {
    de: 'Jobcenter',
    en: 'Jobcenter',
  },
  AGENTUR_FUER_ARBEIT: {
    de: 'Agentur für Arbeit',
    en: 'Agentur für Arbeit (employment agency)',
  },
  AKTIVIERUNG: {
    de: 'Aktivierung und Eingliederung (§ 45 SGB III)',
    en: 'activation and integration (§ 45 SGB III)',
  },
  BERUFSVORBEREITUNG: {
    de: 'Berufsvorbereitung',
    en: 'preparation for an occupation',
  },
  EINSTIEGSQUALIFIZIERUNG: {
    de: 'Einstiegsqualifizierung',
    en: 'introductory training',
  },
  ASSISTIERTE_AUSBILDUNG: {
    de: 'Assistierte Ausbildung',
    en: 'assisted vocational training',
  },
  WEITERBILDUNG: {
    de: 'berufliche Weiterbildung',
    en: 'further vocational training',
  },
  EINGLIEDERUNGSZUSCHUSS: {
    de: 'Eingliederungszuschuss',
    en: 'wage subsidy',
  },
  EXISTENZGRUENDUNG: {
    de: 'Förderung der Existenzgründung',
    en: 'support for starting a business',
  },
  ARBEITSGELEGENHEIT: {
    de: 'Arbeitsgelegenheit',
    en: 'work opportunity',
  },
  TEILHABE_AM_ARBEITSMARKT: {
    de: 'Teilhabe am Arbeitsmarkt',
    en: 'participation in the labour market',
  },
  GANZHEITLICHE_BETREUUNG: {
    de: 'Ganzheitliche Betreuung',
    en: 'comprehensive support',
  },
  GEMEINSCHAFTSSCHULE: {
    de: 'Gemeinschaftsschule',
    en: 'Gemeinschaftsschule (comprehensive school)',
  },
  GYMNASIUM: {
    de: 'Gymnasium',
    en: 'Gymnasium (grammar school)',
  },
  DAZ_ZENTRUM: {
    de: 'DaZ-Zentrum (Deutsch als Zweitsprache)',
    en: 'DaZ centre (German as a second language)',
  },
  BERUFSBILDENDE_SCHULE: {
    de: 'Berufsbildende Schule',
    en: 'vocational school',
  },
  INSOLVENZVERFAHREN: {
    de: 'Insolvenzverfahren',
    en: 'insolvency proceedings',
  },
} as const;
