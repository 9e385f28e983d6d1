import type { ConsentTextWords } from './words.ts';

export const tr: ConsentTextWords = {
  draft: 'Taslak: Bu çeviriyi ana dili Türkçe olan biri henüz kontrol etmedi.',
  title: {
    CONSENT: 'Rıza: Verilerinizi başka kurumlara verebilir miyiz?',
    RELEASE: 'Sır saklama yükümlülüğünün kaldırılması: Başkalarıyla sizin hakkınızda konuşabilir miyiz?',
  },
  sayNo: {
    title: 'Hayır diyebilirsiniz',
    lines: [
      'Hiçbir şeyi imzalamak zorunda değilsiniz. Bütün maddelere ya da yalnızca bazılarına hayır diyebilirsiniz.',
      'Hayır derseniz danışmanlıkta size bir zararı olmaz.',
      'Yardım alıp almamanız buna bağlı değildir.',
      'Bir evet cevabını istediğiniz zaman geri alabilirsiniz. Neden söylemeniz gerekmez.',
      'Bunu her kurumda yapabilirsiniz: söyleyebilirsiniz, yazabilirsiniz ya da birinin sizin adınıza konuşmasını isteyebilirsiniz. Bu hemen geçerli olur.',
      'O zamana kadar yapılanlara izin vardı.',
    ],
  },
  asker: {
    title: 'Size kim soruyor?',
    name: 'Soran kurum',
    sponsor: 'Bağlı olduğu kuruluş',
    contact: 'Adres ve telefon',
    protectionOfficer: 'Veri koruma görevlisi',
    why: {
      CONSENT: ['Bu kurum verilerinizi başka kurumlara vermek istiyor. Bunun için sizin evet demeniz gerekir.'],
      RELEASE: [
        'Size danışmanlık yapan kişiler sır saklamak zorundadır. Bu, yasada yazılıdır ({law}).',
        'Danışmanlar, onlara güvenip anlattıklarınızı başkalarına ancak siz evet derseniz söyleyebilir. Buna şöyle denir: sır saklama yükümlülüğünü kaldırmak.',
        'Bu kâğıt yalnızca bunun içindir. Ancak verilerin verilmesine de evet dediyseniz işe yarar. Birine evet, diğerine hayır diyebilirsiniz.',
      ],
    },
    speakingFor: {
      GUARDIAN: 'Bir çocuk adına imzalıyorsunuz. Bu kâğıtta “verileriniz” sözü şu demektir: çocuğun verileri.',
      LEGAL_REPRESENTATIVE:
        'Yasal temsilcisi olduğunuz bir kişi adına imzalıyorsunuz. Bu kâğıtta “verileriniz” sözü şu demektir: o kişinin verileri.',
    },
    youth: '15, 16 ya da 17 yaşındasınız ve kararı kendiniz veriyorsunuz. Lütfen her şeyi anlayana kadar sorun.',
  },
  points: {
    title: 'Size ne soruyoruz?',
    how: [
      'Her maddede iki kutu vardır. Lütfen evet ya da hayır kutusunu işaretleyin. Hiçbir kutu önceden işaretlenmemiştir.',
      'İşaret yoksa bu hayır demektir.',
    ],
    point: 'Madde {number}',
    gives: { CONSENT: 'Verileri kim veriyor', RELEASE: 'Kim konuşabilir' },
    gets: { CONSENT: 'Verileri kim alıyor', RELEASE: 'Kiminle' },
    what: { CONSENT: 'Hangi veriler', RELEASE: 'Hangi konuda' },
    why: 'Ne için',
    until: 'Ne zamana kadar',
    untilDay: '{day} gününün sonuna kadar',
    special:
      'Yasa bu verileri özel olarak korur ({gdpr}, madde 9). Evet derseniz bu verilerin de verilmesini açıkça kabul etmiş olursunuz.',
    yes: { CONSENT: 'Evet, bu veriler verilebilir.', RELEASE: 'Evet, bu konuda konuşulabilir.' },
    no: { CONSENT: 'Hayır, bu veriler verilemez.', RELEASE: 'Hayır, bu konuda konuşulamaz.' },
  },
  howLong: {
    title: 'Ne kadar süre geçerli?',
    ends: 'Her evet kendiliğinden sona erer. Son gün: {day}.',
    endsWithChildhood: 'Çocuk 18 yaşını doldurduğunda da sona erer.',
    kept: 'Bu kâğıdı, ne söylediğinizi kanıtlamamız gerektiği sürece saklarız.',
  },
  rights: {
    title: 'Haklarınız',
    lines: [
      'Sizinle ilgili hangi verilerin bizde olduğunu ve onları kimin aldığını sorabilirsiniz ({gdpr}, madde 15).',
      'Yanlış verileri düzeltmek zorundayız (madde 16).',
      'Verileri silmemizi ya da artık kullanmamamızı isteyebilirsiniz (madde 17 ve 18). Bu, verileri alanlara bildirilir (madde 19).',
      'Verilerinizi yanınızda götürebilir (madde 20) ve kullanmamıza itiraz edebilirsiniz (madde 21).',
      'Veri koruma denetim makamına şikâyette bulunabilirsiniz (madde 77).',
    ],
    church: 'Bu kilise kurumunda bu haklar şu yasada yazılıdır: {law}.',
    authority: 'Denetim makamı',
  },
  signature: {
    title: 'İmza',
    copy: 'Bu kâğıdın bir kopyasını alırsınız.',
    nameOf: { PERSON: 'Adınız', GUARDIAN: 'Çocuğun adı', LEGAL_REPRESENTATIVE: 'Kişinin adı' },
    ownName: 'Adınız',
    relation: 'Çocuğun nesisiniz (örneğin anne, baba, vasi)',
    placeAndDay: 'Yer ve tarih',
    signature: 'İmzanız',
    secondParent: 'Velayet ikinizdeyse diğer ebeveynin imzası',
    understood: 'Bunu kurum doldurur. Gençle konuştuk. Konunun ne olduğunu anlıyor.',
    officeSignature: 'Tarih ve kurumun imzası',
  },
  paper: { number: 'Bu kâğıdın numarası', made: 'Hazırlandığı gün' },
};
