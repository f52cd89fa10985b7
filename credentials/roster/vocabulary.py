"""The words under which people know the columns of a roster, by field, parted by |."""

# In many tables one word is the whole name; beside a column for the given name it is the family name.
WHOLE_NAMES = """
        name | nom | nombre | nome | naam | navn | namn | nimi | imię | имя | nume | jméno | név
        | ad | isim | όνομα | 名 | الاسم | שם
    """
HEADINGS = {
    "given_name": """
        first name | given name | given names | forename | Christian name | Vorname | Vornamen
        | Rufname | prénom | prénoms | primer nombre | nombre de pila | primeiro nome
        | nome próprio | voornaam | fornavn | förnamn | etunimi | křestní jméno | keresztnév
        | utónév | prenume
    """,
    "family_name": """
        last name | family name | surname | second name | Nachname | Familienname | Zuname
        | nom de famille | apellido | apellidos | cognome | sobrenome | apelido | apelidos
        | achternaam | efternavn | etternavn | efternamn | sukunimi | nazwisko | příjmení
        | vezetéknév | фамилия | прізвище | soyad | soyadı | soyisim | επώνυμο | 姓
    """,
    "name": """
        full name | display name | legal name | complete name | recipient | recipient name
        | student | student name | learner | learner name | participant | participant name
        | candidate | candidate name | graduate | graduate name | attendee | attendee name
        | earner | earner name | holder | person | name of recipient | first and last name
        | name surname | name and surname | vollständiger Name | Vor- und Nachname
        | Vorname Nachname | Vorname und Nachname | Name Vorname | Name, Vorname | Teilnehmer
        | Teilnehmerin | Teilnehmende | nom complet | nom et prénom | nom prénom | prénom et nom
        | prénom nom | participante | nombre completo | nombre y apellidos | nombre y apellido
        | apellidos y nombre | nome completo | nome e cognome | cognome e nome | nominativo
        | volledige naam | fullt navn | fullständigt namn | koko nimi | imię i nazwisko
        | nazwisko i imię | jméno a příjmení | teljes név | ФИО | полное имя | имя и фамилия
        | фамилия имя | фамилия имя отчество | ПІБ | ad soyad | adı soyadı | nume complet
        | nume și prenume | ονοματεπώνυμο | 姓名 | 氏名 | お名前 | 名前 | 이름 | 성명
        | الاسم الكامل | שם מלא | नाम | पूरा नाम | ชื่อ | ชื่อ-นามสกุล | họ và tên | họ tên | nama
        | nama lengkap
    """
    + "|"
    + WHOLE_NAMES,
    "email": """
        email | e-mail | mail | email address | e-mail address | mail address | address email
        | E-Mail-Adresse | Mailadresse | correo | correo electrónico | dirección de correo
        | dirección de correo electrónico | courriel | adresse courriel | adresse e-mail
        | adresse mail | adresse électronique | mél | indirizzo e-mail | posta elettronica
        | endereço de e-mail | endereço eletrônico | e-mailadres | e-post | e-postadress
        | e-postadresse | sähköposti | sähköpostiosoite | adres e-mail | adresa e-mail
        | emailová adresa | e-mail cím | почта | электронная почта | эл. почта
        | адрес электронной почты | електронна пошта | eposta | e-posta adresi
        | ηλεκτρονικό ταχυδρομείο | メール | メールアドレス | 電子メール | 邮箱 | 电子邮件
        | 电子邮箱 | 電子郵件 | 이메일 | البريد الإلكتروني | דואר אלקטרוני | ईमेल | อีเมล
        | địa chỉ email | surel
    """,
    "awarded_on": """
        awarded on | awarded | award date | date awarded | date of award | issued on | issued
        | issue date | date issued | date of issue | passed on | passed | pass date | date passed
        | completed on | completed | completion date | date completed | date of completion
        | earned on | date earned | granted on | date granted | conferred on | conferral date
        | date conferred | date of conferral | graduation date | graduated on | date of graduation
        | achieved on | date achieved | exam date | date of exam | valid from | verliehen am
        | ausgestellt am | bestanden am | abgeschlossen am | Ausstellungsdatum | Verleihungsdatum
        | Prüfungsdatum | Abschlussdatum | Prüfung bestanden am | date d'obtention
        | date de délivrance | date de remise | obtenu le | délivré le | fecha de emisión
        | fecha de expedición | fecha de obtención | fecha de aprobación | fecha de otorgamiento
        | aprobado el | data di rilascio | data di conseguimento | conseguito il | rilasciato il
        | data de emissão | data de conclusão | data de obtenção | behaald op | datum behaald
        | uitgiftedatum | utstedt | utfärdat | utfärdandedatum | myöntämispäivä | data wydania
        | data uzyskania | datum vydání | дата выдачи | дата получения | дата окончания
        | veriliş tarihi | düzenlenme tarihi | 取得日 | 発行日 | 合格日 | 颁发日期 | 发证日期
        | 发放日期 | 발급일 | 취득일 | تاريخ الإصدار | ngày cấp
    """,
    "valid_until": """
        valid until | valid to | valid through | valid thru | good through | expires | expires on
        | expires at | expiry | expiry date | expiration | expiration date | date of expiry
        | gültig bis | Ablaufdatum | läuft ab | läuft ab am | Ablauf | caduca | caduca el
        | caducidad | fecha de caducidad | vencimiento | fecha de vencimiento | válido hasta
        | expire le | date d'expiration | valable jusqu'au | valide jusqu'au | scadenza
        | data di scadenza | valido fino al | validade | válido até | data de validade
        | geldig tot | vervaldatum | ważne do | ważny do | ważność | giltig till | gyldig til
        | voimassa | platnost do | действителен до | действует до | срок действия | дійсний до
        | geçerlilik tarihi | son geçerlilik tarihi | bitiş tarihi | 有効期限 | 有效期 | 有效期至
        | 有效期限 | 만료일 | 유효기간 | تاريخ الانتهاء | ngày hết hạn
    """,
    "evidence_url": """
        evidence url | evidence | evidence link | evidence address | link to evidence | proof
        | proof url | proof link | Nachweis | Nachweislink | Link zum Nachweis | Beleg | preuve
        | lien de preuve | lien vers la preuve | evidencia | enlace de evidencia | prueba | prova
        | evidência | bewijs | bewijslink | dowód | bevis | доказательство | 証拠 | 证据 | 증빙
    """,
    "evidence_name": """
        evidence name | evidence title | name of evidence | name of the evidence | title of evidence
        | title of the evidence | proof name | proof title | Nachweisname | Nachweistitel
        | Name des Nachweises | Titel des Nachweises | Bezeichnung des Nachweises | nom de la preuve
        | titre de la preuve | intitulé de la preuve | nombre de la evidencia
        | título de la evidencia | nome della prova | titolo della prova | nome da evidência
        | título da evidência | naam van het bewijs | titel van het bewijs | nazwa dowodu
        | tytuł dowodu | navn på bevis | namn på bevis | название доказательства | назва доказу
        | kanıt adı | 証拠の名称 | 証拠名 | 证据名称 | 證據名稱 | 증빙 이름 | 증빙명 | اسم الدليل
    """,
    "evidence_description": """
        evidence description | description of evidence | description of the evidence
        | proof description | what the evidence is | Nachweisbeschreibung
        | Beschreibung des Nachweises | description de la preuve | descripción de la evidencia
        | descrizione della prova | descrição da evidência | beschrijving van het bewijs
        | opis dowodu | beskrivelse av bevis | beskrivning av bevis | описание доказательства
        | опис доказу | kanıt açıklaması | 証拠の説明 | 证据描述 | 证据说明 | 證據說明 | 증빙 설명
        | وصف الدليل
    """,
    "evidence_genre": """
        evidence kind | evidence genre | evidence type | kind of evidence | genre of evidence
        | type of evidence | proof kind | proof type | Nachweisart | Art des Nachweises
        | type de preuve | genre de preuve | tipo de evidencia | género de la evidencia
        | tipo di prova | tipo de evidência | soort bewijs | rodzaj dowodu | type bevis | typ av bevis
        | тип доказательства | вид доказательства | вид доказу | kanıt türü | 証拠の種類 | 证据类型
        | 證據類型 | 증빙 종류 | 증빙 유형 | نوع الدليل
    """,
    "evidence_audience": """
        evidence made for | evidence audience | audience of evidence | audience of the evidence
        | proof audience | audience | Zielgruppe | Zielgruppe des Nachweises | public visé
        | public de la preuve | público de la evidencia | destinatarios de la evidencia
        | destinatari della prova | público da evidência | doelgroep | doelgroep van het bewijs
        | odbiorcy dowodu | målgruppe | målgrupp | аудитория | аудитория доказательства
        | аудиторія доказу | 証拠の対象 | 证据受众 | 증빙 대상
    """,
    "evidence_narrative": """
        evidence narrative | narrative of evidence | narrative of the evidence | proof narrative
        | what the evidence shows | evidence text | was der Nachweis zeigt | récit de la preuve
        | ce que montre la preuve | relato de la evidencia | narración de la evidencia
        | narrazione della prova | narrativa da evidência | toelichting op het bewijs
        | что показывает доказательство | 証拠の内容 | 证据内容 | 證據內容 | 증빙 내용
    """,
    "licence_number": """
        licence no | license no | licence number | license number | licence | license | licence nr
        | licence id | license id | certificate no | certificate number | certificate id
        | certificate nr | cert no | cert number | credential number | credential no
        | diploma number | diploma no | Lizenznummer | Lizenz-Nr | Zertifikatsnummer
        | Zertifikat-Nr | Zertifikatsnr | Urkundennummer | Urkunden-Nr | numéro de licence
        | n° de licence | numéro de certificat | n° de certificat | numéro du diplôme
        | número de licencia | número de certificado | n° certificado | numero di licenza
        | numero certificato | numero del certificato | número da licença | número do certificado
        | licentienummer | certificaatnummer | diplomanummer | licensnummer | lisensnummer
        | numer licencji | numer certyfikatu | numer dyplomu | номер лицензии | номер сертификата
        | номер диплома | sertifika no | 证书编号 | 證書編號 | 証明書番号 | 認定番号 | 자격번호
    """,
    "language": """
        language | lang | locale | language tag | language code | Sprache | langue | idioma
        | lingua | língua | taal | język | språk | sprog | kieli | jazyk | nyelv | язык | мова
        | dil | γλώσσα | 言語 | 语言 | 語言 | 언어 | اللغة | שפה | ngôn ngữ | bahasa
    """,
    "credits_earned": "credits earned | credits | earned credits | credit points | credits awarded | ECTS",
    "activity_start": """
        activity start | activity start date | activity began on | activity began | start date | started on
        | started | begin date | course start | date started
    """,
    "activity_end": """
        activity end | activity end date | activity ended on | activity ended | end date | ended on | ended
        | course end | date ended
    """,
    "role": "role | in which role | role held",
    "term": "term | semester | trimester | academic term | school term",
    "narrative": "what was done for it | what was done | narrative | award narrative",
    "subject_id": """
        DID | wallet | wallet id | wallet identifier | wallet identifier (DID) | wallet DID
        | identifier of their wallet | identifier of their wallet (DID) | holder DID | holder id
        | holder identifier | holder’s identifier | recipient DID | learner DID | subject id | subject DID
    """,
}
# Words that say little: they count only if no heading says more.
VAGUE_HEADINGS = {
    "awarded_on": """
        date | datum | fecha | data | dato | päivämäärä | päiväys | дата | tarih | ημερομηνία
        | dátum | 日付 | 日期 | 날짜 | التاريخ | تاريخ | תאריך | दिनांक | วันที่ | ngày | tanggal
        | timestamp
    """,
    "evidence_url": "url | link | Adresse | lien | enlace | liên kết | ссылка | web address | website",
}
