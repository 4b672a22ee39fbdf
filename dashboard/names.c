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
    {"payments",
     {"Pembayaran", "Payments"},
     {"Pembayaran yang diperintahkan untuk klaim yang disetujui, masing-masing sekali; jumlah "
      "berjalan sejak awal.",
      "Payments ordered for approved claims, each once; running totals from the beginning."}},
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
