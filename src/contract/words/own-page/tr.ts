import type { OwnPageWords } from '../own-page.ts';

/** Turkish; a draft until a native speaker has read it. */
export const TR: OwnPageWords = {
  title: 'Verileriniz hakkında bilgi',
  file: 'Dosya numarası',
  asOf: 'Tarih',
  draft: 'Bu çeviri henüz ana dili Türkçe olan biri tarafından kontrol edilmedi. Almanca metin geçerlidir.',
  role: 'Bu kurum, hakkınızdaki verileri başka kurumlarla yalnızca siz izin verdiyseniz paylaşır. Paylaşım ortak bir hizmet üzerinden yapılır. Bu hizmet, her aktarmadan ve her okumadan önce izninizin geçerli olup olmadığını kontrol eder. İçeriği şifreli saklar.',
  nothing: 'Yok.',
  held: {
    title: '1. Bu kurumda hakkınızda neler var',
    writtenHere: 'bu kurum tarafından yazıldı:',
    receivedFrom: 'alındığı kurum:',
    receivedFor: 'amaç:',
    secrecy: 'Meslek sırrı altında yazıldı (§ 203 StGB).',
    concernsOthers: 'Başka kişilerle de ilgilidir. Kim oldukları burada yazmaz.',
    corrected: 'Bu kayıt düzeltildi. Yerine daha yeni bir kayıt geçti.',
    corrects: 'Daha eski bir kaydı düzeltir.',
    filedUnder: 'ait olduğu konu:',
    guardFrom: 'hiçbir kamu kurumuna verilmez; başlangıç:',
    erased: 'Bu kurum tarafından silindi',
    erasedAt: 'silindi:',
    ended: 'Bu kurumun almış olduğu ve artık okuyamadığı veriler',
  },
  given: {
    title: '2. Hakkınızdaki verileri kim aldı',
  },
  said: {
    title: '3. Neye izin verdiniz, neye hayır dediniz',
    releases: 'Meslek sırrından muafiyet',
  },
  answers: {
    title: '4. Ne sona erdi ve kim cevap verdi',
  },
  rights: {
    title: '5. Haklarınız',
  },
  agreements: {
    title: 'Paylaşımların dayandığı anlaşmalar',
  },
  notes: {
    title: 'Bu sayfada neler yok',
  },
  column: {
    what: 'Ne',
    path: 'Kimden, kime',
    purpose: 'Amaç',
    dates: 'Ne zaman',
    basis: 'Dayanağı',
    said: 'Ne söylendi',
    validity: 'Geçerlilik',
    from: 'kimden',
    ended: 'sona erdi',
    answer: 'Kurumun cevabı',
    agreement: 'Anlaşma',
  },
  on: {
    shared: 'aktarıldı:',
    received: 'alındı:',
    read: 'ilk okunma:',
    notRead: 'henüz okunmadı',
    ended: 'sona erdi:',
    until: 'geçerlilik sonu:',
    since: 'tarihinden beri:',
    from: 'başlangıç:',
  },
  every: {
    agency: 'bütün kurumlar',
    purpose: 'bütün amaçlar',
    category: 'bütün veri türleri',
  },
  basis: {
    notShown: 'Dayanağını, kaydı yazan kurum bilir.',
    agreement: 'Anlaşma',
    yes: 'İzninizin tarihi:',
    release: 'Meslek sırrından muafiyetinizin tarihi:',
  },
  end: {
    SAID_NO: 'Hayır dediniz.',
    CORRECTED: 'Kayıt düzeltildi.',
    ERASED: 'Kayıt silindi.',
    SUSPENDED: 'Kurumlardan birinin erişimi kapatıldı.',
    AGREEMENT_ENDED: 'Kurumlar arasındaki anlaşma sona erdi.',
    CONSENT_ENDED: 'İzninizin süresi doldu.',
    FORWARDING_ENDED: 'Gönderi geri alındı, reddedildi ya da kabul edilmedi.',
    other: 'Nedeni bu kurumca bilinmiyor.',
  },
  decision: {
    GIVEN: 'izin verildi',
    REFUSED: 'reddedildi',
    WITHDRAWN: 'geri alındı',
  },
  form: {
    WRITTEN: 'yazılı',
    ELECTRONIC: 'elektronik',
    ORAL: 'sözlü',
  },
  statedBy: {
    PERSON: 'siz kendiniz',
    GUARDIAN: 'anne babanız veya vasiniz',
    LEGAL_REPRESENTATIVE: 'yasal temsilciniz',
  },
  answer: {
    STOPPED: 'Kurum verileri artık kullanmıyor.',
    RETAINED: 'Kurum verileri bir yasa gerektirdiği için saklıyor',
    ERASED: 'Kurum verileri sildi.',
    owed: 'Cevap bekleniyor; başlangıç:',
    overdue: 'Cevap gecikti; başlangıç:',
    notNeeded: 'Kurum verileri hiç okumadı ve cevap vermesi gerekmez.',
  },
  value: {
    yes: 'evet',
    no: 'hayır',
  },
  right: {
    access: {
      title: 'Bilgi alma',
      text: 'Bir kurumun hakkınızda ne sakladığını, bunun nereden geldiğini ve kimin aldığını her zaman sorabilirsiniz. Bu ücretsizdir.',
    },
    rectification: {
      title: 'Düzeltme',
      text: 'Bir şey yanlışsa kurum bunu düzeltmek zorundadır. Bir şey eksikse tamamlamak zorundadır.',
    },
    erasure: {
      title: 'Silme',
      text: 'Bir şeye artık gerek yoksa veya izin verilmemişse, bir yasa saklanmasını gerektirmiyorsa kurum bunu silmek zorundadır.',
    },
    restriction: {
      title: 'Kısıtlama',
      text: 'Örneğin bir bilginin doğru olup olmadığı açıklığa kavuşana kadar, kurumun bunu yalnızca saklamasını ve kullanmamasını isteyebilirsiniz.',
    },
    notification: {
      title: 'Bildirme',
      text: 'Kurum bir şeyi düzelttiğinde, sildiğinde veya kısıtladığında bunu alan herkese bildirir; isterseniz size de bunların kim olduğunu söyler.',
    },
    portability: {
      title: 'Verileri yanınıza alma',
      text: 'Kendi verdiğiniz bilgileri yaygın bir dosya biçiminde alabilirsiniz.',
    },
    objection: {
      title: 'İtiraz',
      text: 'Kurum verileri izniniz olmadan bir kamu görevi için işliyorsa, durumunuzdan kaynaklanan nedenlerle itiraz edebilirsiniz.',
    },
    withdrawal: {
      title: 'Hayır deme',
      text: 'Her izni her zaman geri alabilirsiniz: tümünü ya da yalnızca bazı veriler, kurumlar veya amaçlar için. Bunu bir kuruma söylemeniz yeterlidir. Hemen geçerli olur. Daha önce yapılanlar izinli kalır.',
    },
    complaint: {
      title: 'Şikâyet',
    },
  },
  complaint: {
    GDPR_SGB:
      'Bu kurumdan sorumlu veri koruma makamına şikâyette bulunabilirsiniz: eyaletinizin veri koruma görevlisine, Jobcenter için federal makama (BfDI).',
    DSG_EKD:
      'Bu kurum Protestan kilisesine veya Diakonie’ye bağlıdır. EKD veri koruma görevlisine şikâyette bulunabilirsiniz.',
    KDG: 'Bu kurum Katolik kilisesine veya Caritas’a bağlıdır. Piskoposlukların veri koruma makamına şikâyette bulunabilirsiniz.',
  },
  note: {
    others:
      'Diğer kurumlar kendi kayıtlarını tutar. Onlarda hakkınızda ne olduğu, yalnızca bu kurumun bilmesine izin verildiği kadar burada yazar. Her kurumdan böyle bir sayfa isteyin.',
    aboutOthers:
      'Başka insanlar hakkında yazılan ve sizin yalnızca adınızın geçtiği kayıtlar bu sayfada hiçbir zaman yer almaz. Kuruma sorun: başkalarını açığa vurmadığı ölçüde sizinle ilgili olanı size söyler (Art. 15 Abs. 4 DSGVO).',
    files: 'Dosyaların burada yalnızca adı ve boyutu yazar. Kurum size bir kopya verir.',
    language: 'Kurumların yazdıkları, burada yazıldıkları dilde yer alır.',
  },
};
