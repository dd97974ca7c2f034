"""How publishers print the number of views, by language: "#" stands for the count.

To widen it, add a phrase; commas part them. A phrase that begins or ends with "#" is also found with a colon between
word and count, or with the two in elements of their own ("Views" and "2,504" in two cells of a table).
"""

from __future__ import annotations

_TABLE = {
    "en": """
        # views, # view, views #, viewed # times, viewed # time, # times viewed, seen # times, # page views,
        # pageviews, pageviews #, page views #, # article views, view count #, views count #,
        number of views #, # total views, # people have viewed, # reads, reads #, read # times, # times read,
        # people have read, # people read this, # hits, hits #, visited # times, visits #, # visits,
        accessed # times, article views #, viewed by # people, read by # people, # story views
    """,
    "de": """
        # aufrufe, # aufruf, aufrufe #, # seitenaufrufe, seitenaufrufe #, # mal gelesen, # x gelesen,
        #x gelesen, gelesen #, # mal aufgerufen, # mal angesehen, # klicks, klicks #, # zugriffe, zugriffe #,
        # ansichten, ansichten #, # views, # besuche, besuche #, # leser, # mal angeklickt, #-mal gelesen
    """,
    "fr": """
        # vues, # vue, vues #, vu # fois, vue # fois, lu # fois, lue # fois, # lectures, lectures #, # visites,
        visites #, consulté # fois, consultée # fois, nombre de vues #, # affichages, # consultations
    """,
    "es": """
        # visitas, visitas #, # vistas, vistas #, visto # veces, vista # veces, leído # veces, leída # veces,
        leido # veces, leida # veces, # lecturas, lecturas #, # visualizaciones, visualizaciones #,
        # veces leído, # veces leída, # veces visto, # veces vista, número de visitas #,
        # veces compartido y leído
    """,
    "it": """
        # visualizzazioni, visualizzazioni #, # visualizzazione, letto # volte, letta # volte, visto # volte,
        visualizzato # volte, # letture, letture #, # visite, visite #, visualizzata # volte
    """,
    "pt": """
        # visualizações, visualizações #, # visualização, visto # vezes, vista # vezes, lido # vezes,
        lida # vezes, # acessos, acessos #, # leituras, leituras #, visualizado # vezes, visualizada # vezes,
        # visualizacoes
    """,
    "nl": """
        # keer gelezen, # keer bekeken, # x gelezen, # x bekeken, #x gelezen, #x bekeken, # weergaven,
        weergaven #, bekeken # keer, gelezen # keer, aantal keer bekeken #, # pageviews
    """,
    "sv": "# visningar, visningar #, visad # gånger, läst # gånger, # läsningar, # sidvisningar",
    "da": "# visninger, visninger #, vist # gange, læst # gange, # gange læst, # sidevisninger, sidevisninger #",
    "no": "vist # ganger, lest # ganger, # ganger lest, # sidevisninger",
    "is": "lesið # sinnum, skoðað # sinnum, # flettingar, flettingar #",
    "fi": """
        # katselukertaa, # lukukertaa, katselukerrat #, lukukerrat #, luettu # kertaa, katsottu # kertaa,
        # katselua
    """,
    "pl": """
        # wyświetleń, # wyświetlenia, # wyświetlenie, wyświetleń #, wyświetlenia #, wyświetlono # razy,
        # odsłon, # odsłony, odsłon #, odsłony #, przeczytano # razy, czytano # razy, liczba wyświetleń #,
        przeczytany # razy
    """,
    "cs": """
        # zobrazení, zobrazení #, zobrazeno # krát, zobrazeno #x, přečteno # krát, přečteno #x, přečteno #,
        počet zobrazení #, počet přečtení #, # přečtení, # zhlédnutí, zhlédnutí #
    """,
    "sk": "prečítané # krát, prečítané #, počet zobrazení #, # prečítaní, # videní, prečítané #x",
    "hu": "# megtekintés, megtekintés #, megtekintések #, olvasva #, olvasták #, # olvasás, megtekintések száma #",
    "ro": """
        # vizualizări, vizualizări #, # vizualizari, vizualizari #, citit de # ori, vizualizat de # ori,
        # afișări, # de vizualizări, # citiri, accesări #
    """,
    "hr": """
        # pregleda, pregleda #, pregledi #, # pregled, pročitano # puta, pregledano # puta, # čitanja,
        broj pregleda #
    """,
    "sr": "# прегледа, прегледа #, прочитано # пута, прегледано # пута, број прегледа #",
    "sl": "# ogledov, ogledov #, število ogledov #, prebrano #, # branj",
    "lt": "# peržiūros, # peržiūrų, peržiūros #, peržiūrų #, skaityta # kartų, perskaityta # kartų",
    "lv": "# skatījumi, # skatījumu, skatījumi #, skatīts # reizes, lasīts # reizes",
    "et": "# vaatamist, vaatamisi #, vaadatud # korda, loetud # korda, # lugemist",
    "el": """
        # προβολές, προβολές #, # προβολη, διαβάστηκε # φορές, # αναγνώσεις, αναγνώσεις #, εμφανίσεις #,
        # εμφανίσεις
    """,
    "tr": """
        # görüntülenme, görüntülenme #, # görüntüleme, görüntüleme #, görüntülenme sayısı #,
        # kez görüntülendi, # kez okundu, # defa okundu, # okunma, okunma #, okunma sayısı #, # okuma,
        # kişi okudu, # kere okundu
    """,
    "bg": """
        # преглеждания, преглеждания #, прочетено # пъти, прочетена # пъти, видяна # пъти, видяно # пъти,
        # прочитания, прегледи #, # прегледа, # прегледи, прочетена #, прочитания #
    """,
    "uk": """
        # переглядів, # перегляди, # перегляд, переглядів #, перегляди #, прочитано # разів, прочитали # разів,
        кількість переглядів #, переглянуто # разів
    """,
    "ru": """
        # просмотров, # просмотра, # просмотр, просмотров #, просмотры #, просмотр #, количество просмотров #,
        число просмотров #, прочитано # раз, прочитано # раза, прочитали # раз, прочитали # человек,
        просмотрено # раз, # прочтений, # прочтения, прочтений #, прочитано #, показов #, # показов
    """,
    "ar": """
        # مشاهدة, # مشاهدات, مشاهدات #, المشاهدات #, عدد المشاهدات #, عدد القراءات #, # قراءة, # قراءات,
        القراءات #, قراءات #, شوهد # مرة, قرئ # مرة, # زيارة, الزيارات #, عدد الزيارات #, مشاهدة #,
        شاهده # شخص
    """,
    "fa": "# بازدید, بازدید #, تعداد بازدید #, بازدیدها #, # نمایش",
    "he": "# צפיות, צפיות #, נצפה # פעמים, נקרא # פעמים, # קריאות",
    "hi": "# बार देखा गया, # बार पढ़ा गया, # व्यूज, # व्यूज़, व्यूज #, # पाठक",
    "bn": "# বার পঠিত, পঠিত # বার, # বার দেখা হয়েছে, # বার পড়া হয়েছে, # ভিউ",
    "th": """
        เข้าชม # ครั้ง, # ครั้งที่เข้าชม, ผู้ชม # คน, ผู้เข้าชม #, อ่าน # ครั้ง, # views, เปิดอ่าน #, ยอดวิว #,
        จำนวนผู้ชม #
    """,
    "vi": "# lượt xem, lượt xem #, # lượt đọc, lượt đọc #, đã xem #, # người xem, số lượt xem #",
    "id": """
        dilihat # kali, dibaca # kali, # kali dibaca, # kali dilihat, # tayangan, dilihat #, dibaca #,
        # pembaca, # dilihat
    """,
    "sw": "imesomwa mara #, imetazamwa mara #, # waliosoma, mara # imesomwa",
    "zh": """
        阅读 #, 阅读量 #, 阅读数 #, 阅读次数 #, # 次阅读, # 阅读, # 人阅读, 浏览 #, 浏览量 #, 浏览数 #,
        浏览次数 #, # 次浏览, # 浏览, # 人浏览, 点击 #, 点击数 #, 点击量 #, 点击率 #, 点击次数 #, # 次点击,
        # 人次浏览, 人气 #, 观看 #, 观看次数 #, # 次观看, # 观看, 点阅 #, 访问量 #, 访问次数 #, # 次查看,
        查看 #, 查看次数 #, 瀏覽 #, 瀏覽數 #, 瀏覽量 #, 瀏覽次數 #, 瀏覽人次 #, # 次瀏覽, # 人瀏覽, 點閱 #,
        點閱數 #, 點閱率 #, 點閱次數 #, 點擊 #, 點擊數 #, 點擊率 #, # 次點閱, # 次點擊, 人氣 #, 觀看次數 #,
        觀看數 #, # 次觀看, 閱讀 #, 閱讀數 #, # 人閱讀, # 次閱讀, 閱覽數 #, # 人次閱覽, 閱讀量 #, 閱讀次數 #,
        閱覽 #, # 觀看, # 瀏覽
    """,
    "ja": """
        # 回閲覧, 閲覧数 #, 閲覧回数 #, # 閲覧, # ビュー, ビュー #, アクセス数 #, # アクセス, # 回表示, pv数 #,
        # pv, pv #, 閲覧 #, 視聴回数 # 回, # 回視聴, 再生回数 # 回, # 人が閲覧, # 回読まれました, アクセス #,
        表示回数 #
    """,
    "ko": """
        조회 #, 조회수 #, 조회수 # 회, # 회 조회, # 조회, 읽음 #, # 명 읽음, # 명이 읽음, 조회 수 #,
        # 명이 봤습니다, 열람 #
    """,
}

PHRASES: dict[str, tuple[str, ...]] = {
    language: tuple(phrase.strip() for phrase in phrases.split(",")) for language, phrases in _TABLE.items()
}
