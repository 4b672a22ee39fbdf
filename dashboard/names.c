#include "dashboard/names.h"

#include <string.h>

static const struct name_row {
    const char *kind, *code, *names[LANGUAGE_COUNT];
} rows[] = {
    {"programme", "JKK", {"kecelakaan kerja", "work accident"}},
    {"programme", "JKM", {"kematian", "death"}},
    {"programme", "JHT", {"hari tua", "old age"}},
    {"programme", "JP", {"pensiun", "pension"}},
    {"programme", "JKP", {"kehilangan pekerjaan", "job loss"}},
    {"segment", "PU", {"penerima upah", "wage earners"}},
    {"segment", "PU_STATE", {"penerima upah penyelenggara negara", "wage earners of the state"}},
    {"segment", "BPU", {"bukan penerima upah", "self-employed or sponsored"}},
    {"segment", "JAKON", {"jasa konstruksi", "construction"}},
    {"segment", "PMI", {"pekerja migran", "migrant workers"}},
    {"sponsor", "SELF", {"peserta sendiri", "the participants themselves"}},
    {"sponsor", "EMPLOYER", {"pemberi kerja", "employers"}},
    {"sponsor", "APBN", {"anggaran negara", "national budget"}},
    {"sponsor", "APBD_PROV", {"anggaran provinsi", "provincial budget"}},
    {"sponsor", "APBD_KABKOTA", {"anggaran kabupaten atau kota", "budget of the regency or city"}},
    {"sponsor", "APBDES", {"anggaran desa", "village budget"}},
    {"sponsor", "NPHD", {"hibah daerah", "regional grant"}},
    {"sponsor", "CSR", {"tanggung jawab sosial perusahaan", "corporate responsibility"}},
    {"sponsor", "SERTAKAN", {"Sertakan: pekerja sekitar Anda", "Sertakan: neighbours pay"}},
    {"sponsor", "JAGA_SALIRA", {"Jaga Salira", "Jaga Salira"}},
    {"sponsor", "KORPRI", {"Korpri", "Korpri, the civil servants' corps"}},
    {"category", "KPPS", {"petugas pemungutan suara", "polling station officers"}},
    {"category", "PPS", {"panitia pemungutan suara desa", "village election committee"}},
    {"category", "PPK", {"panitia pemilihan kecamatan", "sub-district election committee"}},
    {"category", "PANTARLIH", {"pemutakhir data pemilih", "voter list officers"}},
    {"category", "LINMAS_TPS", {"penjaga TPS", "polling station guards"}},
    {"category", "PANWASCAM", {"pengawas pemilu kecamatan", "sub-district election supervisors"}},
    {"category", "PKD", {"pengawas pemilu desa", "village election supervisors"}},
    {"category", "PTPS", {"pengawas TPS", "polling station supervisors"}},
    {"category", "SEKRETARIAT_ADHOC", {"sekretariat panitia pemilihan", "election secretariats"}},
    {"category", "KETUA_RT", {"ketua RT", "heads of neighbourhoods"}},
    {"category", "KETUA_RW", {"ketua RW", "heads of groups of neighbourhoods"}},
    {"category", "PENGURUS_RTRW", {"pengurus RT dan RW", "neighbourhood officials"}},
    {"category", "GURU_NGAJI", {"guru ngaji", "Quran teachers"}},
    {"category", "MARBOT", {"marbot", "mosque keepers"}},
    {"category", "AMIL_JENAZAH", {"amil jenazah", "carers for the dead"}},
    {"category", "KADER_KESEHATAN", {"kader kesehatan", "health volunteers"}},
    {"category", "MAJELIS_TAKLIM", {"majelis taklim", "religious study groups"}},
    {"category", "RELAWAN_DAMKAR", {"relawan pemadam kebakaran", "volunteer firefighters"}},
    {"category", "PENGGALI_KUBUR", {"penggali kubur", "grave diggers"}},
    {"category", "SISKAMLING", {"petugas ronda", "neighbourhood watch"}},
    {"category", "ATLET", {"atlet", "athletes"}},
    {"category", "VETERAN", {"veteran", "veterans"}},
    {"category", "NON_ASN", {"pegawai non-ASN", "non-civil-servants of public bodies"}},
    {"category", "PEKERJA_RENTAN", {"pekerja rentan", "vulnerable workers"}},
    {"category", "PETANI", {"petani", "farmers"}},
    {"category", "NELAYAN", {"nelayan", "fishers"}},
    {"category", "PEDAGANG", {"pedagang", "traders"}},
    {"category", "OJOL", {"pengemudi ojek daring", "motorcycle taxi riders"}},
    {"category", "KURIR", {"kurir", "couriers"}},
    {"category", "SOPIR", {"sopir", "drivers"}},
    {"category", "ART", {"pekerja rumah tangga", "domestic workers"}},
    {"category", "TUKANG_KEBUN", {"tukang kebun", "gardeners"}},
    {"category", "PEKERJA_SENI", {"pekerja seni", "artists"}},
    {"category", "UMKM", {"pelaku UMKM", "small business owners"}},
    {"category", "KARYAWAN", {"karyawan", "employees"}},
    {"category", "KONSTRUKSI", {"pekerja konstruksi", "construction workers"}},
    {"category", "PMI", {"pekerja migran", "migrant workers"}},
    {"category", "OTHER", {"lainnya", "others"}},
    {"base", "POPULATION", {"penduduk", "population"}},
    {"base", "LABOUR_FORCE", {"angkatan kerja", "labour force"}},
    {"base", "WORKERS", {"penduduk bekerja", "people at work"}},
    {"base", "ELIGIBLE", {"pekerja yang wajib dilindungi", "workers to be insured"}},
    {"base", "VULNERABLE", {"pekerja rentan", "vulnerable workers"}},
    {"verdict", "APPROVED", {"disetujui", "approved"}},
    {"verdict", "REJECTED", {"ditolak", "rejected"}},
    {"verdict", "HELD", {"ditahan untuk diperiksa", "held for review"}},
    {"verdict", "WAITING", {"menunggu berkas atau data", "waiting for facts"}},
    {"state", "MATCHED", {"cocok", "matched"}},
    {"state", "OPEN", {"belum lengkap", "open"}},
    {"state", "MISMATCH", {"tidak cocok", "does not match"}},
    {"status", "ORDERED", {"diperintahkan, belum ada kabar", "ordered, nothing reported yet"}},
    {"status", "INSTRUCTED", {"dikirim ke bank", "sent to the bank"}},
    {"status", "ACCEPTED", {"diterima bank", "accepted by the bank"}},
    {"status", "SETTLED", {"sampai di rekening", "arrived"}},
    {"status",
     "RECONCILED",
     {"cocok dengan buku bank", "matched with the bank\xE2\x80\x99s books"}},
    {"status", "REJECTED", {"ditolak bank", "refused by the bank"}},
    {"status", "RETURNED", {"dikembalikan", "sent back"}},
    {"status", "UNKNOWN", {"nasibnya tidak diketahui", "fate not known"}},
    {"lane", "UP_TO_DATE", {"mutakhir", "up to date"}},
    {"lane",
     "IDLE",
     {"mutakhir; tidak ada pengolah yang memegangnya sekarang",
      "up to date; no processor has it now"}},
    {"lane", "AS_SHOWN", {"semua yang ada di Redis sudah tampil", "all that is in Redis is shown"}},
    {"lane", "BEHIND", {"mengejar: ada peristiwa yang menunggu", "catching up: events wait"}},
    {"lane",
     "NOT_SHOWN",
     {"sebagian yang sudah diolah belum masuk angka di halaman ini",
      "some of what was processed is not in these figures yet"}},
    {"lane",
     "UNOWNED",
     {"peristiwa menunggu dan tidak ada pengolah (jaga process) yang memegangnya",
      "events wait and no processor (jaga process) has it"}},
    {"lane", "EMPTY", {"belum ada apa-apa di Redis", "nothing of it is in Redis yet"}},
    {"topic", "enrollment", {"Kepesertaan", "Enrolments"}},
    {"topic", "contribution", {"Iuran", "Contributions"}},
    {"topic", "claim", {"Klaim", "Claims"}},
    {"topic", "payment-status", {"Kabar bayar", "Payment reports"}},
    {"exception",
     "PARKED",
     {"iuran menunggu kepesertaannya", "a contribution waits for its membership"}},
    {"exception", "UNDERPAID", {"iuran kurang", "contribution too small"}},
    {"exception", "OVERPAID", {"iuran lebih", "contribution too large"}},
    {"exception", "BACKDATED", {"awal perlindungan dimundurkan", "cover began before it may"}},
    {"exception",
     "STATUS_OUT_OF_ORDER",
     {"status pembayaran tidak berurutan", "payment status out of order"}},
    {"exception",
     "APPROVED_CLAIM_CONTRADICTED",
     {"fakta baru membantah klaim yang disetujui", "a later fact contradicts an approved claim"}},
    {"exception", "MALFORMED", {"tidak dapat dibaca", "cannot be read"}},
    {"exception", "UNKNOWN_SCHEMA", {"skema tidak dikenal", "schema not known"}},
    {"exception", "KEY_MISMATCH", {"kunci bukan peserta", "key is not the participant"}},
    {"exception", "PARTITION_MISMATCH", {"salah partisi", "wrong partition"}},
    {"exception", "INVALID_FIELD", {"isian salah", "a field is wrong"}},
    {"exception", "EVENT_CONFLICT", {"id yang sama, isi berbeda", "same id, other content"}},
    {"exception", "MEMBERSHIP_UNKNOWN", {"kepesertaan tidak dikenal", "membership not known"}},
    {"exception", "MEMBERSHIP_EXISTS", {"kepesertaan sudah ada", "membership exists already"}},
    {"exception", "UNKNOWN_CATEGORY", {"kategori tidak dikenal", "category not known"}},
    {"exception", "UNKNOWN_REGION", {"wilayah tidak dikenal", "region not known"}},
    {"exception", "INTERVAL_INVALID", {"rentang tanggal salah", "dates out of order"}},
    {"exception", "AGE_LIMIT", {"melewati batas umur", "above the age limit"}},
    {"exception",
     "TOO_MANY",
     {"terlalu banyak untuk satu peserta", "too many for one participant"}},
    {"exception", "MEMBERSHIP_LAPSED", {"kepesertaan gugur", "membership has lapsed"}},
    {"exception", "MONTH_ALREADY_PAID", {"bulan sudah dibayar", "month is paid already"}},
    {"exception", "MONTH_NOT_PAID", {"bulan belum dibayar", "month is not paid"}},
    {"exception", "DEATH_DATE_CONFLICT", {"tanggal meninggal berbeda", "another date of death"}},
    {"exception", "CLAIM_UNKNOWN", {"klaim tidak dikenal", "claim not known"}},
    {"exception", "CLAIM_CLOSED", {"klaim sudah ditutup", "claim is closed"}},
    {"exception", "REVIEW_NOT_NEEDED", {"pemeriksaan tidak perlu", "no review needed"}},
    {"exception", "SAME_REVIEWER", {"pemeriksa orang yang sama", "same reviewer"}},
    {"exception",
     "CANNOT_OVERRULE",
     {"tidak boleh dibatalkan pemeriksa", "a reviewer cannot overrule it"}},
    {"exception", "PAYMENT_UNKNOWN", {"pembayaran tidak dikenal", "payment not known"}},
};

const struct definition definitions[] = {
    {"active",
     {"Terlindungi", "Covered"},
     {"Jumlah orang yang pada hari itu berada dalam masa perlindungan sedikitnya satu kepesertaan. "
      "Satu orang dihitung sekali. "
      "Bila masa perlindungan berakhir, esok harinya orang itu tidak lagi dihitung, tanpa laporan "
      "apa pun.",
      "People who on that day are inside the cover of at least one membership. A person counts "
      "once. The day after a cover "
      "ends the person is no longer counted, without any report."}},
    {"registered",
     {"Terdaftar", "Registered"},
     {"Jumlah orang yang pernah didaftarkan dan pendaftarannya tidak dibatalkan, dihitung sejak "
      "awal perlindungan pertama.",
      "People who were ever enrolled and not voided, from the first day of their first cover on."}},
    {"memberships",
     {"Kepesertaan aktif", "Memberships in force"},
     {"Jumlah masa perlindungan yang berjalan pada hari itu. Satu orang dapat memiliki beberapa.",
      "Covers that run on that day. One person may have several."}},
    {"coverage",
     {"Cakupan", "Coverage"},
     {"Terlindungi dibagi dasar, dipotong pada dua angka di belakang koma. Tanpa dasar tidak ada "
      "persentase. Lebih dari "
      "100\xC2\xA0% ditampilkan apa adanya: orang dihitung menurut tempat tinggal, dasar menurut "
      "sumbernya.",
      "Covered divided by the base, cut after two decimals. Without a base there is no percentage. "
      "More than 100\xC2\xA0% is shown "
      "as it is: people count where they live, a base counts as its source does."}},
    {"base",
     {"Dasar", "Base"},
     {"Penyebut cakupan: angka yang diumumkan sebuah sumber untuk wilayah dan tahun itu. Dipakai "
      "berurutan: pekerja yang wajib "
      "dilindungi, penduduk bekerja, angkatan kerja; dari tahun yang terdekat.",
      "What coverage is a share of: a number that a source published for the region and a year. "
      "Taken in this order: workers to be "
      "insured, people at work, labour force; of the nearest year."}},
    {"quarantined",
     {"Dasar dikarantina", "Quarantined base"},
     {"Dasar yang tidak mungkin benar karena lebih besar daripada jumlah penduduk. Ditampilkan, "
      "tetapi tidak pernah dipakai menghitung.",
      "A base that cannot be right because it is above the population. It is shown and never used "
      "for a share."}},
    {"goal",
     {"Menuju 99,5\xC2\xA0% pada 2045", "Towards 99.5\xC2\xA0% in 2045"},
     {"Kekurangan adalah 99,5\xC2\xA0% dari dasar dikurangi yang terlindungi. Laju yang perlu "
      "adalah kekurangan itu dibagi tahun yang "
      "tersisa sampai 2045, dibulatkan ke atas, dengan dasar yang tidak berubah.",
      "The gap is 99.5\xC2\xA0% of the base less those covered. The pace needed is the gap divided "
      "by the years left until 2045, rounded "
      "up, with the base as it is."}},
    {"curve",
     {"Kurva", "Curve"},
     {"Terlindungi hari demi hari. Di kanan garis hari ini terlihat apa yang sudah diketahui "
      "sekarang: perlindungan yang habis dan "
      "yang akan mulai. Perpanjangan yang belum dilaporkan belum ada di sana.",
      "Covered day by day. To the right of the day's line stands what is known now: covers that "
      "run out and covers that will begin. "
      "Renewals that nobody has reported yet are not in it."}},
    {"why",
     {"Mengapa berubah bulan lalu", "Why it changed last month"},
     {"Terlindungi pada hari terakhir bulan lalu dibandingkan dengan hari terakhir bulan "
      "sebelumnya. Sebabnya: perlindungan yang mulai (menambah), perlindungan yang berakhir "
      "(mengurangi), dan sebab lain. Perlindungan yang berakhir pada hari terakhir sebuah bulan "
      "masih dihitung hari itu, dan baru hilang dari jumlah pada bulan berikutnya.",
      "Covered on the last day of last month, compared with the last day of the month before. "
      "The reasons: covers that began (more), covers that ended (less), and others. A cover whose "
      "last day is the last of a month still counts on it, and is missed from the month after "
      "on."}},
    {"why_other",
     {"Sebab lain", "Other reasons"},
     {"Perubahan jumlah orang terlindungi dikurangi (perlindungan yang mulai dikurangi yang "
      "berakhir): orang yang pindah ke atau dari wilayah ini selama terlindungi, dan orang dengan "
      "beberapa perlindungan, yang dihitung satu kali.",
      "The change of people covered less (covers begun less covers ended): people who moved here "
      "or away while covered, and people with several covers, who count once."}},
    {"begun",
     {"Mulai", "Begun"},
     {"Jumlah perlindungan yang sudah mulai: sejak hari pertamanya, di wilayah tempat tinggal pada "
      "hari itu, menurut kategori dan pembayar pada hari itu. Tidak pernah berkurang karena waktu.",
      "Covers that have begun: from their first day on, in the region of home on that day, by the "
      "category and sponsor on it. Time never lowers it."}},
    {"ended",
     {"Berakhir", "Ended"},
     {"Jumlah perlindungan yang sudah habis: sejak sehari sesudah hari terakhirnya, di wilayah "
      "tempat tinggal pada hari terakhir, menurut kategori dan pembayar pada hari itu.",
      "Covers that are over: from the day after their last day on, in the region of home on the "
      "last day, by the category and sponsor on it."}},
    {"moved",
     {"Selisih", "Difference"},
     {"Perlindungan yang mulai dikurangi yang berakhir.", "Covers begun less covers ended."}},
    {"flows",
     {"Yang mulai dan berakhir", "What begins and ends"},
     {"Dihitung dalam perlindungan, bukan orang: satu orang dapat memiliki beberapa. Yang akan "
      "datang adalah yang diketahui sekarang; perpanjangan yang belum dilaporkan belum ada di "
      "dalamnya.",
      "Counted in covers, not in people: one person may have several. What is to come is what is "
      "known now; renewals that nobody has reported yet are not in it."}},
    {"new_today",
     {"Mulai hari ini", "Begin today"},
     {"Perlindungan yang hari pertamanya adalah hari yang ditampilkan.",
      "Covers whose first day is the day shown."}},
    {"ended_today",
     {"Baru saja berakhir", "Just ended"},
     {"Perlindungan yang hari terakhirnya adalah sehari sebelum hari yang ditampilkan.",
      "Covers whose last day was the one before the day shown."}},
    {"ending_7",
     {"Berakhir dalam 7 hari", "End within 7 days"},
     {"Perlindungan yang hari terakhirnya salah satu dari 7 hari mulai hari yang ditampilkan.",
      "Covers whose last day is one of the 7 days that begin with the day shown."}},
    {"ending_30",
     {"Berakhir dalam 30 hari", "End within 30 days"},
     {"Perlindungan yang hari terakhirnya salah satu dari 30 hari mulai hari yang ditampilkan.",
      "Covers whose last day is one of the 30 days that begin with the day shown."}},
    {"ending",
     {"Yang berakhir menurut bulan", "What ends, by month"},
     {"Perlindungan yang hari terakhirnya di dalam bulan kalender itu, menurut kategori dan "
      "pembayar pada hari itu. Perlindungan sampai 31 Agustus berakhir bulan Agustus.",
      "Covers whose last day lies in the calendar month, by the category and sponsor on it. A "
      "cover until 31 August ends in August."}},
    {"grace",
     {"Dalam masa tenggang", "In grace"},
     {"Perlindungan peserta bukan penerima upah yang iurannya tidak lagi dibayar dan yang masih "
      "berjalan sampai akhir masa tenggang tiga bulan.",
      "Covers of self-employed participants whose contributions are not paid any more and that "
      "run on until the end of the three months of grace."}},
    {"employers",
     {"Pemberi kerja", "Employers"},
     {"Pemberi kerja yang berbeda dengan sedikitnya satu perlindungan yang berjalan pada hari itu, "
      "menurut wilayah kerja (wilayah tempat tinggal bila tidak disebut). Untuk provinsi dan "
      "negara masing-masing dihitung sekali, maka bukan jumlah bagian-bagiannya.",
      "Distinct employers with a cover on the day, by region of work (of home where none is "
      "given). In a province and the country each counts once, so it is not the sum of the "
      "parts."}},
    {"change",
     {"Perubahan", "Change"},
     {"Selisih antara hari terakhir dua bulan berturut-turut: yang mulai dikurangi yang berakhir.",
      "The difference between the last days of two months in a row: what began less what ended."}},
    {"programme",
     {"Program", "Programme"},
     {"Orang yang terlindungi menurut program. Satu orang biasanya ikut beberapa program, maka "
      "jumlahnya melebihi yang terlindungi.",
      "People covered by programme. A person usually has several, so the sum is above those "
      "covered."}},
    {"segment",
     {"Segmen", "Segment"},
     {"Orang yang terlindungi menurut jenis kepesertaan.",
      "People covered by kind of membership."}},
    {"category",
     {"Kategori", "Category"},
     {"Orang yang terlindungi menurut pekerjaannya.", "People covered by what they do."}},
    {"sponsor",
     {"Pembayar", "Sponsor"},
     {"Orang yang terlindungi menurut siapa yang membayar iurannya.",
      "People covered by who pays for them."}},
    {"claims",
     {"Klaim", "Claims"},
     {"Klaim menurut program dan keadaannya sekarang, di wilayah peserta pada tanggal kejadian; "
      "jumlah berjalan sejak awal, "
      "tidak menurut tanggal yang dipilih.",
      "Claims by programme and present state, in the participant's region on the date of the "
      "event; running totals from the "
      "beginning, whatever day is chosen."}},
    {"verdict",
     {"Keadaan klaim", "State of a claim"},
     {"Keputusan yang terakhir. Ditahan: harus dilihat petugas. Menunggu: berkas atau data belum "
      "lengkap. Disetujui dan ditolak adalah akhir; yang lain masih terbuka.",
      "The last decision. Held: an officer must look. Waiting: documents or facts are missing. "
      "Approved and rejected are final; the others are open."}},
    {"ages",
     {"Klaim terbuka menurut umur", "Open claims by age"},
     {"Klaim yang ditahan atau menunggu sekarang, menurut hari sejak hari pencatatannya sampai "
      "hari yang ditampilkan, di wilayah peserta pada tanggal kejadian.",
      "Claims now held or waiting, by the days from their recording to the day shown, in the "
      "participant\xE2\x80\x99s region on the date of the event."}},
    {"clock",
     {"Batas hukum", "Legal day"},
     {"Klaim harus dibayar paling lambat 3 hari kerja (JKM) atau 7 hari kerja (program lain) "
      "sesudah berkasnya lengkap. Hari kerja: tanpa akhir pekan dan hari libur nasional. Sebelum "
      "berkas lengkap jam ini belum berjalan.",
      "A claim must be paid at the latest 3 working days (JKM) or 7 working days (all other "
      "programmes) after its documents are complete. Working days: without weekends and national "
      "holidays. The clock does not run before the documents are complete."}},
    {"past_due",
     {"Klaim terbuka lewat batas", "Open claims past it"},
     {"Klaim yang belum diputuskan, berkasnya lengkap, dan batas hukumnya sudah lewat.",
      "Claims that are not decided, with complete documents, after their legal day."}},
    {"overdue",
     {"Pembayaran terlambat", "Payments overdue"},
     {"Pembayaran yang disetujui, batas hukumnya sudah lewat, dan belum sampai.",
      "Payments that were authorised, whose legal day has passed, and that have not arrived."}},
    {"overdue_idr",
     {"Nilai terlambat", "Amount overdue"},
     {"Jumlah rupiah pembayaran yang terlambat.", "The rupiah of the payments overdue."}},
    {"late_cost",
     {"Biaya keterlambatan", "Cost of lateness"},
     {"Ganti rugi 1\xC2\xA0% dari nilai untuk setiap hari sesudah batas hukum, sampai hari yang "
      "ditampilkan, dari semua pembayaran yang terlambat.",
      "1\xC2\xA0% of the amount for each day after the legal day, until the day shown, of all "
      "payments that are or were late."}},
    {"payments",
     {"Pembayaran", "Payments"},
     {"Pembayaran yang diperintahkan untuk klaim yang disetujui, masing-masing sekali; jumlah "
      "berjalan sejak awal.",
      "Payments ordered for approved claims, each once; running totals from the beginning."}},
    {"status",
     {"Keadaan pembayaran", "State of a payment"},
     {"Kabar terakhir dari bank tentang percobaan bayar yang terakhir: diperintahkan (belum ada "
      "kabar), dikirim, diterima bank, sampai di rekening, cocok dengan buku bank.",
      "The last report of the bank on the last attempt: ordered (nothing reported yet), sent, "
      "accepted by the bank, arrived, matched with its books."}},
    {"trouble",
     {"Perlu dilihat", "Somebody must look"},
     {"Pembayaran yang ditolak atau dikembalikan bank harus dikirim lagi; yang nasibnya tidak "
      "diketahui harus ditanyakan sebelum dikirim lagi.",
      "Payments that the bank refused or sent back must be sent again; those whose fate is not "
      "known must be asked about before."}},
    {"election",
     {"Badan penyelenggara pemilu", "Election bodies"},
     {"Kategori yang menyelenggarakan atau mengawasi pemilu menurut tabel kategori aturan. Mulai "
      "dihitung dalam perlindungan, terlindungi dalam orang; orang dengan dua kategori dihitung "
      "pada keduanya.",
      "The categories that run or watch elections, as the rules\xE2\x80\x99 table of categories "
      "says. Begun is counted in covers, covered in people; who has two categories counts in "
      "both."}},
    {"deaths",
     {"Meninggal", "Deaths"},
     {"Klaim kematian yang disetujui menurut kategori pada tanggal kejadian: JKK karena pekerjaan, "
      "JKM karena sebab lain. Jumlah berjalan sejak awal.",
      "Approved death claims by the category on the date of the event: JKK from work, JKM from "
      "other causes. Running totals from the beginning."}},
    {"contributions",
     {"Iuran diterima", "Contributions received"},
     {"Uang iuran yang dilaporkan diterima, menurut tanggal bayar; jumlah berjalan sejak awal.",
      "Contribution money reported as received, by the date of payment; running totals from the "
      "beginning."}},
    {"exceptions",
     {"Pengecualian", "Exceptions"},
     {"Peristiwa yang ditolak atau perlu dilihat pengirim atau petugas, menurut kode, dan menurut "
      "pengirim yang tertulis di dalamnya. Perintah di sampingnya menampilkannya satu per satu.",
      "Events that were refused or that their publisher or an operator must look at, by code, and "
      "by the publisher they name. The command beside shows them one by one."}},
    {"batches",
     {"Kiriman", "Batches"},
     {"Daftar yang jumlahnya diumumkan pengirim, dibandingkan dengan yang dihitung. Cocok: jumlah "
      "dan nilainya sama. Belum lengkap: "
      "masih ada yang ditunggu. Selain itu tidak cocok.",
      "Lists whose size their sender declared, against what was counted. Matched: number and total "
      "are equal. Open: some are still to "
      "come. Anything else does not match."}},
    {"lanes",
     {"Jalur pengolahan", "Lanes"},
     {"Peserta dibagi ke dalam jalur yang diolah sendiri-sendiri. Angka di halaman ini lengkap "
      "bila "
      "semua jalur mutakhir.",
      "Participants are shared out to lanes, each processed by itself. The figures on this page "
      "are complete when every lane is up to date."}},
    {"lane_state",
     {"Keadaan", "State"},
     {"Mutakhir: tidak ada yang menunggu dan semuanya tampil. Mengejar: peristiwa menunggu, sebuah "
      "pengolah sedang mengerjakannya. Tanpa pengolah: peristiwa menunggu dan tidak ada jaga "
      "process yang memegang jalur itu.",
      "Up to date: nothing waits and everything is shown. Catching up: events wait, a processor is "
      "at them. Without a processor: events wait and no jaga process has the lane."}},
    {"view_age",
     {"Hitungan di Redis", "Counters in Redis"},
     {"Waktu sejak hitungan jalur itu di Redis; dengan jam peristiwa: harinya menurut jam jalur.",
      "Time since the lane\xE2\x80\x99s counters in Redis; with the events\xE2\x80\x99 clock: "
      "the day on the lane\xE2\x80\x99s clock."}},
    {"copy_age",
     {"Peserta di Redis", "Participants in Redis"},
     {"Waktu sejak salinan peserta jalur itu di Redis; dengan jam peristiwa: harinya menurut jam "
      "jalur.",
      "Time since the lane\xE2\x80\x99s participants in Redis; with the events\xE2\x80\x99 "
      "clock: the day on the lane\xE2\x80\x99s clock."}},
    {"lag",
     {"Yang menunggu", "What waits"},
     {"Catatan di Kafka yang belum diolah, menurut topik, dilihat setiap 10 detik. Satu dapat "
      "berupa penanda akhir transaksi pengirim, yang tidak ditunggu siapa pun.",
      "Records in Kafka that are not processed yet, by topic, looked at every 10 seconds. One may "
      "be the marker behind a publisher\xE2\x80\x99s transaction, for which nobody waits."}},
    {"as_of",
     {"Sampai saat", "As of"},
     {"Angka lengkap untuk semua yang tercatat sampai saat ini menurut jam pengolah.",
      "The figures are complete for everything recorded up to this moment of the processor's "
      "clock."}},
    {"age",
     {"Ditulis", "Written"},
     {"Waktu sejak angka ini ditulis ke Redis. Pengolah yang bekerja menulis sedikitnya sekali "
      "semenit.",
      "Time since these figures were written to Redis. A processor at work writes at least once a "
      "minute."}},
    {"position",
     {"Posisi", "Position"},
     {"Nomor urut jurnal tiap jalur yang sudah termasuk dalam angka. Angka yang sama selalu keluar "
      "dari posisi yang sama.",
      "The journal sequence of each lane that is in the figures. The same position always gives "
      "the same figures."}},
    {"rules",
     {"Aturan", "Rules"},
     {"Sidik (hash) tabel hukum yang berlaku ketika angka dihitung.",
      "Hash of the tables of law in force when the figures were made."}},
};
const size_t definition_count = sizeof definitions / sizeof *definitions;

const char *name_of(enum language language, const char *kind, const char *code)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].kind, kind) == 0 && strcmp(rows[i].code, code) == 0) {
            return rows[i].names[language];
        }
    }
    return NULL;
}

const struct definition *definition_of(const char *id)
{
    for (size_t i = 0; i < definition_count; i++) {
        if (strcmp(definitions[i].id, id) == 0) {
            return &definitions[i];
        }
    }
    return NULL;
}
