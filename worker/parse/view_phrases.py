"""How publishers print the number of views, by language. To widen it, add a phrase; commas part them.

"#" stands for the count: "viewed # times". A phrase without "#" is said both ways: "views" is "# views" and "views #".
"(vu|lu) # fois" is two phrases. With a colon, "hits:", the count follows a colon or an element of its own, since
"hits 20" could be prose. Between a count and its word there may be a colon, brackets or the border of an element.
Accents and case do not matter.
"""

from __future__ import annotations

import re

_TABLE = {
    "en": """
        viewed # times so far, # views to date, views, # view, viewed # time, viewed # times, viewed: # times,
        viewed: #, # times viewed, seen # times, seen: # times, page views, pageviews, article views, post views,
        story views, news views, total views, total page views, unique views, all time views, view count #,
        views count #, view counter #, views counter #, view counts #, views so far, number of views #, no of views #,
        # people have viewed, # people viewed, # people have seen, # people have read, # people read this,
        # people have read this, # readers have viewed, viewed by # people, viewed by # readers, read by # people,
        # views total, reads:, total reads:, article reads:, read # times, read # time, read: # times, read: #,
        # times read, # reads so far, hits:, hit: #, article hits:, page hits:, total hits:, visited # times,
        visited # time, visits:, total visits:, page visits:, # visits to this page, accessed # times, opened # times,
        read count #, reads count #, hit count #, hit counter #, visit count #, visitors to this page #, visibility #,
        remove red eye #, 👁 #, 👀 #, 👁 views #, # page impressions, impressions:, # times accessed, post view #,
        views post #, article view #, # article view
    """,
    "de": """
        besucherzahl: #, besucher: #, leserzahl: #, aufrufe, # aufruf, seitenaufrufe, seitenabrufe, abrufe,
        beitragsaufrufe, artikelaufrufe, # mal gelesen, # mal aufgerufen, # mal angesehen, # mal angeschaut,
        # mal angeklickt, # mal abgerufen, # mal besucht, # x gelesen, # x aufgerufen, # x angesehen, # fach gelesen,
        gelesen: #, gelesen: # mal, aufgerufen: #, klicks:, zugriffe, ansichten, # ansicht, seitenansichten, # views,
        besuche:, # leser, leser: #, # leserinnen und leser, anzahl der aufrufe #, anzahl aufrufe #,
        anzahl der zugriffe #, angesehen: #, angeklickt: #, # gelesen, bisherige aufrufe #, aufrufe gesamt #,
        views gesamt #, lesezugriffe, aufrufzähler #, wurde # mal gelesen, wurde # mal aufgerufen,
        bereits # mal gelesen, leseraufrufe, # mal gesehen, (gelesen|aufgerufen|angesehen|angeklickt|besucht|
        geöffnet) # mal, (artikel|beitrag|seite)saufrufe #, # mal (geöffnet|geklickt|besichtigt)
    """,
    "fr": """
        vues, # vue, vu: # fois, lu: # fois, lectures:, # lecture, visites:, nombre de vues #, nombre de lectures #,
        nombre de visites #, affichages:, # affichage, consultations:, # fois vu, # fois lu, visualisations,
        # visualisation, pages vues:, vues totales, # personnes ont lu, # personnes ont vu, # lecteurs,
        nombre d'affichages #, hits:, (vu|lu|vue|lue|consulté|consultée|affiché|affichée|visité|visitée|visionné|
        visionnée|visualisé|ouvert|ouverte) # fois
    """,
    "es": """
        visitas:, # visita, vistas:, # vista, visto: # veces, leído: # veces, lecturas:, # lectura, visualizaciones,
        # visualización, veces leído #, # veces leído, # veces leída, # veces visto, # veces vista,
        número de visitas #, número de vistas #, número de lecturas #, # reproducciones, # impresiones,
        # personas han leído, # personas han visto, # lectores, total de visitas #, accesos:, vistas totales,
        visitas totales, visitas a la página #, # veces compartido y leído, visto: #, leído: #, han leído #, (visto|
        vista|leído|leída|visitado|visitada|visualizado|visualizada|consultado|consultada|abierto|abierta) # (veces|
        vez)
    """,
    "ca": "visites:, # visita, vist # vegades, llegit # vegades, llegida # vegades, visualitzacions, lectures:",
    "gl": "visto # veces, lido # veces, visualizacións, visitas:",
    "eu": "ikustaldi, # aldiz ikusia, # aldiz irakurria, irakurria # aldiz, bisitak:",
    "it": """
        visualizzazioni, # visualizzazione, letto: # volte, letture:, # lettura, visite:, # visita, # volte letto,
        numero di visualizzazioni #, numero visualizzazioni #, numero di letture #, numero di visite #, # lettori,
        # accessi, hanno letto #, # persone hanno letto, letto: #, visto: #, visualizzazioni totali #,
        visualizzazioni articolo #, (letto|letta|visto|vista|visualizzato|visualizzata|visitato|visitata|consultato|
        consultata|aperto|aperta) # (volte|volta)
    """,
    "pt": """
        visualizações, # visualização, acessos:, # acesso, leituras:, # leitura, visitas:, # visita, vistas:, # views,
        número de visualizações #, número de acessos #, número de leituras #, total de visualizações #,
        total de acessos #, # leitores, # pessoas leram, # pessoas já leram, exibições:, lido: # vezes,
        visto: # vezes, # vezes lido, # vezes visto, cliques:, # pessoas viram, (visto|vista|lido|lida|acessado|
        acessada|acedido|acedida|visualizado|visualizada|visitado|visitada|aberto) # (vezes|vez)
    """,
    "nl": """
        # bezoekers, weergaven, # weergave, paginaweergaven, bekeken: # keer, gelezen: # keer, aantal keer bekeken #,
        aantal keer gelezen #, aantal weergaven #, keer bekeken #, keer gelezen #, bekeken: #, gelezen: #, # lezers,
        # views, hits:, # pageviews, # (keer|maal|x) (gelezen|bekeken|bezocht|geopend|aangeklikt),
        (gelezen|bekeken|bezocht) # (keer|maal)
    """,
    "af": "# keer gelees, gelees # keer, # keer bekyk, bekyk # keer, besoeke:, # trefslae, kyke:",
    "sv": """
        visningar, # visning, visats # gånger, läsningar, sidvisningar, antal visningar #, # gånger läst, # läsare,
        har lästs # gånger, träffar: #, visad: #, läst: #, # personer har läst, besök:,
        (visad|visat|läst|lästs|öppnad) # (gånger|gång)
    """,
    "da": """
        visninger, # visning, vist # gange, læst # gange, set # gange, # gange læst, # gange vist, sidevisninger,
        antal visninger #, # har læst, læsninger, # læsere, læst: #, set: #, vist: #, besøg:
    """,
    "no": """
        visninger, # visning, vist # ganger, lest # ganger, sett # ganger, # ganger lest, # ganger vist,
        sidevisninger, sidevisningar, visningar, antall visninger #, lest: #, vist: #, # har lest, # lesere,
        lesninger, # lesningar
    """,
    "is": """
        lesið # sinnum, skoðað # sinnum, flettingar, innlit:, # skoðanir, lesin # sinnum, lesinn # sinnum,
        # hafa lesið, # lestrar, séð # sinnum
    """,
    "fi": """
        # katselukertaa, # lukukertaa, katselukerrat #, katselukertoja #, lukukerrat #, lukukertoja #,
        luettu # kertaa, katsottu # kertaa, # katselua, # lukijaa, katselut #, sivun katselut #, näyttökerrat #,
        näyttökertoja #, # näyttökertaa, # kertaa luettu, # kertaa katsottu, luettu: #, katsottu: #, osumat: #,
        # katselukerta, # avausta
    """,
    "et": """
        # vaatamist, # vaatamine, vaatamisi #, vaatamised #, vaadatud # korda, loetud # korda, # lugemist, lugemisi #,
        # korda vaadatud, # korda loetud, vaatamiste arv #, vaadatud: #, loetud: #, külastusi #, # lugejat,
        # külastust
    """,
    "lv": """
        skatījumi, # skatījumu, # skatījums, skatījumu skaits #, # reizes skatīts, # reizes lasīts, # lasījumi,
        lasījumi #, skatīts: #, lasīts: #, # lasījumu, (skatīts|skatīta|lasīts|lasīta|izlasīts|apskatīts|aplūkots|
        aplūkota|atvērts) # (reizes|reizi|x)
    """,
    "lt": """
        peržiūros, # peržiūrų, # peržiūra, peržiūrų #, peržiūrų skaičius #, skaitė #, skaityta: #, peržiūrėta: #,
        # kartų skaityta, # skaitymai, # skaitymų, perskaitė #, (skaityta|skaitytas|perskaityta|perskaitytas|žiūrėta|
        peržiūrėta|peržiūrėtas|aplankyta|atidaryta) # (kartus|kartų|kartą)
    """,
    "pl": """
        wyświetleń, # wyświetlenia, # wyświetlenie, wyświetlenia #, wyświetlono: #, odsłon, # odsłony, # odsłona,
        odsłony #, liczba wyświetleń #, liczba odsłon #, ilość wyświetleń #, ilość odsłon #, # wejść, wejść: #,
        przeczytano: #, czytano: #, odczytów, # odczyty, # odczytań, # czytań, # przeczytań, liczba odwiedzin #,
        odwiedzin #, odwiedziny #, artykuł czytany # razy, wizyt: #, # wizyt, (przeczytano|przeczytany|przeczytana|
        przeczytane|czytano|czytany|czytana|czytane|wyświetlono|wyświetlony|wyświetlona|wyświetlane|obejrzano|
        odwiedzono|odsłonięto|oglądano) # (razy|raz), # razy (przeczytano|wyświetlono|czytano|obejrzano),
        # (czytelników|odczytów)
    """,
    "cs": """
        zobrazení, přečteno: #, zobrazeno: #, počet zobrazení #, počet přečtení #, # přečtení, # zhlédnutí,
        zhlédnutí #, # shlédnutí, shlédnutí #, čteno: #, # čtenářů, počet čtenářů #, návštěv: #, # návštěv,
        článek čten # krát, # krát přečteno, přečetlo #, počet shlédnutí #, počet zhlédnutí #, (přečteno|přečten|
        přečtena|čteno|čten|čtena|zobrazeno|zobrazen|zobrazena|zhlédnuto|shlédnuto|navštíveno) # (krát|x|kráte)
    """,
    "sk": """
        prečítané: #, čítané: #, zobrazené: #, počet zobrazení #, počet prečítaní #, počet videní #, # prečítaní,
        # videní, # zobrazení, # pozretí, pozretí: #, # čitateľov, prečítalo #, zobrazenia #, zobrazenie: #,
        návštevy: #, # zhliadnutí, zhliadnutia #, (prečítané|prečítaný|prečítaná|čítané|čítaný|čítaná|zobrazené|
        zobrazený|zobrazená|videné|zhliadnuté|navštívené) # (krát|x)
    """,
    "hu": """
        megtekintés, megtekintések #, megtekintve # alkalommal, megtekintve #, olvasva #, olvasták #, # olvasás,
        olvasás #, olvasások #, megtekintések száma #, olvasások száma #, # alkalommal tekintették meg, # olvasó,
        olvasók száma #, # lekérés, találatok: #, látogatás: #, látogatások száma #, # látogatás, megnézték #,
        # megnézés, # alkalommal (olvasták|olvasva|nézték|megtekintve|látták), # (ember|olvasó) (olvasta|látta)
    """,
    "ro": """
        afișări:, vizualizări, # vizualizare, vizionări, citit de # ori, citită de # ori, vizualizat de # ori,
        vizualizată de # ori, văzut de # ori, accesat de # ori, accesată de # ori, afișări, # de afișări, citiri,
        # cititori, # de cititori, accesări, număr vizualizări #, număr de vizualizări #, număr afișări #,
        număr citiri #, # persoane au citit, vizite:, # de vizite, # de ori citit, numărul de vizualizări #,
        citit: # ori, vizualizări articol #, (citit|citită|citita|vizualizat|vizualizată|văzut|văzută|accesat|
        accesată|vizitat|vizitată|afișat|afișată) (de|)# ori, # de (citiri|accesări|vizualizări|vizionări)
    """,
    "hr": """
        pregleda, pregledi #, # pregled, # pregledi, # čitanja, čitanja #, pročitano: #, broj pregleda #,
        broj čitanja #, broj otvaranja #, # puta pročitano, # puta pregledano, prikaza #, # prikaza, posjeta: #,
        # posjeta, # pogleda, ukupno pregleda #, otvaranja #, # otvaranja, # hitova, hitovi: #, klikova: #, pogleda #,
        članak pročitan # puta, (pročitano|pročitan|pročitana|čitano|čitan|čitana|pregledano|pregledan|pregledana|
        pogledano|viđeno|otvoreno|prikazano) (je|)# (puta|put)
    """,
    "sr": """
        прегледа, прегледи #, # преглед, # прегледи, број прегледа #, # читања, број читања #, читања #, прочитано: #,
        посета: #, # посета, # pregleda, poseta: #, # poseta, # приказа, прикази #, видено # пута, отварања #,
        (прочитано|прочитан|прочитана|читано|читан|читана|прегледано|прегледан|прегледана|погледано|виђено|отворено|
        приказано) (је|)# (пута|пут)
    """,
    "mk": """
        прегледи, # преглед, број на прегледи #, читања #, # читања, посети:, # прегледувања, # пати прочитано,
        (прочитано|прочитана|прочитан|читано|прегледано|прегледана|видено|видена|отворено) # пати
    """,
    "sl": """
        ogledov, # ogledi, # ogled, # ogleda, ogledi #, število ogledov #, prebrano #, # branj, branj #, # prikazov,
        prikazov #, št. ogledov #, # obiskov, # bralcev, # zadetkov, zadetkov: #, # krat prebrano, (prebrano|prebran|
        brano|ogledano|ogledan|prikazano|obiskano) # (krat|kratov)
    """,
    "sq": """
        shikime, # shikim, lexuar # herë, shikuar # herë, # herë lexuar, e lexuar # herë, e parë # herë, klikime:,
        lexime:, vizita:, # lexues, parë # herë
    """,
    "el": """
        προβολές, # προβολή, αναγνώσεις, # ανάγνωση, εμφανίσεις, # εμφάνιση, επισκέψεις:, διαβάστηκε από #,
        το είδαν #, αριθμός προβολών #, # αναγνώστες, φορές που διαβάστηκε #, το διάβασαν #, σύνολο προβολών #,
        # άτομα διάβασαν, προβολές άρθρου #, (διαβάστηκε|αναγνώστηκε|προβλήθηκε|εμφανίστηκε|ανοίχτηκε) # (φορές|φορά)
    """,
    "tr": """
        görüntülenme, görüntüleme, görüntülenme sayısı #, görüntüleme sayısı #, okunma, okunma sayısı #, # okuma,
        okuma #, # kişi okudu, # kişi tarafından okundu, izlenme, izlenme sayısı #, # izleme, gösterim, hit: #, # hit,
        ziyaret: #, ziyaretçi: #, okuyan: #, # kişi görüntüledi, toplam okunma #, okuyucu: #, gösterim sayısı #,
        bu haber # kez okundu, okunmuş: #, tıklanma, tıklanma sayısı #, # tekil okuma, # (kez|defa|kere) (okundu|
        okunmuştur|okunmuş|görüntülendi|görüntülenmiştir|izlendi|izlenmiştir|görüldü|ziyaret edildi|tıklandı),
        (okunma|görüntülenme|izlenme|okuma|görüntüleme): # (kez|defa|kere)
    """,
    "az": """
        baxış, baxış sayı #, # dəfə oxunub, # dəfə baxılıb, # baxılıb, oxunma, oxunub: #, oxunub # dəfə, baxılıb: #,
        oxunuş:, oxunma sayı #, baxılıb # dəfə, baxışlar #
    """,
    "bg": """
        преглеждания, # преглеждане, прегледи #, # прегледа, # прегледи, # преглед, прочитания, # прочитане,
        прочетена: #, прочетено: #, четена: #, брой прегледи #, брой прочитания #, посещения:, показвания,
        # пъти прочетена, четения #, # четения, # читатели, импресии:, (прочетен|прочетена|прочетено|четен|четена|
        четено|видян|видяна|видяно|прегледан|прегледана|прегледано|отворена|разгледана) # пъти
    """,
    "uk": """
        переглядів, # перегляди, # перегляд, # перегляда, перегляди #, перегляд #, прочитало #, прочитали #,
        кількість переглядів #, число переглядів #, переглянуто: #, переглянули #, # прочитань, прочитань #,
        прочитано: #, всього переглядів #, # прочитання, хіти: #, # читачів, показів: #, # показів, просмотров #,
        # відвідувань, відвідувань #, (прочитано|прочитана|прочитали|прочитаний|переглянуто|переглянута|переглянули|
        переглядали|відкрито|показано) # (разів|рази|раз), (прочитали|прочитало|переглянули|читали): #
    """,
    "be": """
        праглядаў, # прагляды, # прагляд, прагляды #, колькасць праглядаў #, # прачытанняў,
        (прачытана|прагледжана|прачыталі) # (разоў|разы|раз)
    """,
    "ru": """
        просмотров, # просмотра, # просмотр, # просмотры, просмотры #, просмотр #, количество просмотров #,
        кол-во просмотров #, число просмотров #, всего просмотров #, просмотров всего #, просмотров статьи #,
        просмотров за все время #, прочитали #, просмотрено: #, посмотрели: #, просмотрели #, # прочтений,
        # прочтения, # прочтение, прочтений #, прочтения #, прочитано: #, # прочитали, прочитало #, прочтено # раз,
        показов:, # показа, # показ, читателей: #, # читателей, # дочитываний, дочитываний #, # раз прочитано,
        посещений:, хитов: #, # хитов, открытий: #, просматривали #, просмотров: # раз, статью прочитали #,
        новость прочитали #, # чел. прочитали, количество показов #, количество прочтений #, число прочтений #,
        (прочитано|прочитан|прочитана|прочитали|прочли|просмотрен|просмотрена|просмотрено|просмотрели|посмотрели|
        показано|открыто|открыта|читали) # (раз|раза|человек|чел), (читали|читало|смотрели|посмотрело|прочли): #,
        # (человек|чел) (прочитали|прочитало|посмотрели|прочли)
    """,
    "kk": """
        қаралым, # рет қаралды, қаралды #, қаралды: # рет, # рет оқылды, оқылды # рет, # қаралды, қаралым саны #
    """,
    "uz": """
        ko'rishlar, # marta ko'rilgan, ko'rildi #, # ko'rilgan, o'qildi # marta, # marta o'qildi, кўрилган #,
        # марта кўрилган, # марта ўқилди, ko'rilgan: #
    """,
    "ka": "ნახვა, # ნახვები, ნახვები #, ნანახია #, # ჯერ ნახვა, ნახვების რაოდენობა #, წაკითხულია #, # წაკითხვა",
    "hy": """
        դիտում, # դիտումներ, դիտումներ #, դիտվել է # անգամ, # անգամ դիտված, դիտումների քանակը #, ընթերցվել է # անգամ
    """,
    "ar": """
        مشاهدة, مشاهدات, المشاهدات #, عدد المشاهدات #, عدد القراءات #, عدد القراء #, عدد المشاهدين #, قراءة, قراءات,
        القراءات #, شوهد # مرة, شوهدت # مرة, قرئ # مرة, قرئت # مرة, # زيارة, زيارات:, الزيارات #, عدد الزيارات #,
        شاهده # شخص, # مرة مشاهدة, # مشاهد, عدد مرات المشاهدة #, عدد مرات القراءة #, تمت المشاهدة # مرة,
        تمت مشاهدته # مرة, تمت قراءته # مرة, # مرة قراءة, تمت القراءة # مرة, # قارئ, عدد الزوار #, إجمالي المشاهدات #,
        # من المشاهدات, قرأه # شخص, مرات المشاهدة #, مرات القراءة #, تمت قراءة المقال # مرة, مشاهدة المقال #, # تصفح,
        اطلع عليه #
    """,
    "fa": """
        تعداد بازدیدکنندگان #, تعداد بازدیدکننده #, بازدید, # بار بازدید, تعداد بازدید #, تعداد بازدیدها #,
        بازدیدها #, نمایش, تعداد نمایش #, تعداد مشاهده #, مشاهده:, # بار مشاهده, # بار دیده شده, # بار خوانده شده,
        دیده شده # بار, خوانده شده # بار, بازدید کل #, کل بازدید #, # خواننده, # بازدیدکننده, تعداد خواننده #,
        # نفر دیده‌اند, مشاهده شده # بار, میزان بازدید #, آمار بازدید #, # نفر بازدید
    """,
    "ur": "# بار دیکھا گیا, # بار پڑھا گیا, # مرتبہ پڑھا گیا, # مرتبہ دیکھا گیا, # ویوز, ویوز #, مناظر #, # مناظر",
    "ps": "# ځله کتل شوی, # ځله لوستل شوی, کتنې #, # کتنې",
    "he": """
        צפיות, # צפייה, נצפה # פעמים, נקרא # פעמים, נקראה # פעמים, נצפתה # פעמים, קריאות:, כניסות:, # צופים,
        מספר צפיות #, מספר הצפיות #, מספר קריאות #, מספר כניסות #, # קוראים, # איש קראו, נצפה #, ביקורים:
    """,
    "hi": """
        # बार देखा गया, # बार पढ़ा गया, # बार देखी गई, # बार पढ़ी गई, # बार देखा, व्यूज, व्यूज़, व्यू, # पाठक,
        # पाठकों ने पढ़ा, # लोगों ने पढ़ा, # लोगों ने देखा, पाठक संख्या #, देखा गया #, देखा गया # बार, पढ़ा गया # बार,
        कुल व्यूज #, # दर्शक, दृश्य #, # दृश्य, # लोगों ने पढ़ी, कुल दृश्य #
    """,
    "mr": "# वेळा पाहिले, # वेळा वाचले, # वाचने, वाचने #, # वाचक, # वेळा पाहिले गेले, व्ह्यूज, # जणांनी वाचले",
    "ne": "# पटक हेरिएको, # पटक पढिएको, # पटक पढियो, # भ्युज, भ्युज #, # जनाले पढे, # पटक हेरियो",
    "bn": """
        # বার পঠিত, পঠিত # বার, পঠিত: #, # বার দেখা হয়েছে, # বার পড়া হয়েছে, দেখা হয়েছে # বার, পড়া হয়েছে # বার,
        ভিউ, # ভিউস, # বার দেখা, # জন পড়েছেন, # জন দেখেছেন, পাঠক সংখ্যা #, # পাঠক, # বার ভিউ, মোট ভিউ #,
        সংবাদটি # বার পড়া হয়েছে, # বার প্রদর্শিত, ভিউ হয়েছে #, পাঠক: #, # বার পাঠ করা হয়েছে, # বার প্রকাশিত দেখা
    """,
    "gu": "# વાર જોવાયું, # વ્યૂઝ, વ્યૂઝ #, # વાર વંચાયું, # વ્યૂ",
    "pa": "# ਵਾਰ ਦੇਖਿਆ ਗਿਆ, # ਵਾਰ ਪੜ੍ਹਿਆ ਗਿਆ, # ਵਿਊਜ਼, ਵਿਊਜ਼ #",
    "ta": "# முறை பார்க்கப்பட்டது, # பார்வைகள், பார்வைகள் #, # முறை படிக்கப்பட்டது, # பார்வை, பார்வையாளர்கள் #",
    "te": "# వీక్షణలు, వీక్షణలు #, # సార్లు చూశారు, # వ్యూస్, # సార్లు చదివారు",
    "kn": "# ವೀಕ್ಷಣೆಗಳು, ವೀಕ್ಷಣೆಗಳು #, # ಬಾರಿ ಓದಲಾಗಿದೆ, # ಬಾರಿ ವೀಕ್ಷಿಸಲಾಗಿದೆ",
    "ml": "# തവണ കണ്ടു, # കാഴ്‌ചകൾ, കാഴ്‌ചകൾ #, # തവണ വായിച്ചു, # പേർ വായിച്ചു",
    "si": "# වරක් නරඹා ඇත, නැරඹුම් #, # නැරඹුම්, # වතාවක් කියවා ඇත",
    "th": """
        ผู้เข้าอ่าน #, ผู้เข้าอ่าน # คน, เข้าชม # ครั้ง, เข้าชม #, # ครั้งที่เข้าชม, การเข้าชม # ครั้ง, ผู้ชม # คน,
        ผู้ชม #, ผู้เข้าชม # คน, ผู้เข้าชม #, อ่าน # ครั้ง, อ่าน #, เปิดอ่าน # ครั้ง, เปิดอ่าน #, ยอดวิว #, # วิว,
        ยอดวิว # ครั้ง, จำนวนผู้ชม #, จำนวนผู้เข้าชม #, จำนวนผู้อ่าน #, จำนวนคนอ่าน #, จำนวนผู้ชม # คน,
        จำนวนผู้อ่าน # คน, คนอ่าน #, คนดู #, ดู # ครั้ง, การดู # ครั้ง, ครั้งที่อ่าน #, จำนวนการเข้าชม #,
        จำนวนครั้งที่อ่าน #, ผู้อ่าน # คน, ยอดเข้าชม #, ยอดเข้าชม # ครั้ง, จำนวนคนดู #, จำนวนการดู #, มีผู้อ่าน # คน,
        เข้าดู # ครั้ง, ฮิต: #, # ครั้งที่อ่าน, ยอดผู้ชม #, อ่านแล้ว # ครั้ง, จำนวนเข้าชม #
    """,
    "lo": "ເບິ່ງ # ຄັ້ງ, ອ່ານ # ຄັ້ງ, ຍອດວິວ #, ເຂົ້າຊົມ #, ເຂົ້າຊົມ # ຄັ້ງ",
    "km": "# នាក់បានមើល, ចំនួនអ្នកទស្សនា #, អ្នកទស្សនា #, ចំនួនអ្នកអាន #, មើល # ដង, # ដងមើល",
    "my": "ကြည့်ရှုသူ #, ဖတ်ရှုသူ #, # ကြိမ် ဖတ်ရှု",
    "vi": """
        xem: #, lượt xem, lượt đọc, đã xem #, đã đọc #, # người xem, # người đọc, # người đã xem, # người đã đọc,
        số lượt xem #, số lượt đọc #, số lần xem #, số lần đọc #, # lần xem, # lần đọc, tổng lượt xem #,
        lượt truy cập:, xem # lần, đọc # lần, đã xem # lần, đã đọc # lần, số lượt truy cập #, số người xem #,
        số người đọc #
    """,
    "id": """
        telah dibaca # kali, # kali dibaca, # kali dilihat, tayangan, dilihat:, dibaca:, # pembaca, pembaca: #,
        # x dilihat, # x dibaca, # x ditonton, jumlah pembaca #, jumlah tayangan #, jumlah dilihat #, # orang membaca,
        # orang telah membaca, kunjungan:, total dibaca #, dibaca # orang, sudah dibaca # kali, # penayangan,
        penayangan #, # kali ditonton, hits:, (dilihat|dibaca|ditonton|dikunjungi|dibuka|disimak) (sebanyak|)# (kali|
        x), telah (dibaca|dilihat): #
    """,
    "ms": """
        # tontonan, tontonan #, # bacaan, jumlah bacaan #, # paparan, paparan #,
        (dibaca|dilihat|ditonton) (sebanyak|)# kali
    """,
    "tl": """
        # beses nabasa, # beses napanood, nabasa # beses, # pagtingin, # panonood, nabasa ng # beses,
        tiningnan ng # beses
    """,
    "sw": """
        # waliosoma, mara # imesomwa, mara # imetazamwa, imeonekana mara #, watazamaji #, # watazamaji, waliosoma #,
        wasomaji #, # wasomaji, maoni ya ukurasa #, mara zilizotazamwa #, mara ilizotazamwa #, # mara ilizotazamwa,
        kutazamwa mara #, imesomwa #, imetazamwa #, # mara imesomwa, waliotazama #, # waliotazama,
        (imesomwa|imetazamwa|ilisomwa|imeonwa) mara #
    """,
    "so": "# jeer ayaa la akhriyay, la akhriyay # jeer, # akhrisasho, daawasho #",
    "am": "# ጊዜ ታይቷል, ታይቷል #, # እይታዎች, እይታዎች #",
    "ha": "# karatu, an karanta sau #, an kalla sau #",
    "zh": """
        阅读 #, 阅读量 #, 阅读数 #, 阅读次数 #, # 次阅读, # 阅读, # 人阅读, # 人已阅读, # 阅读量, 浏览 #, 浏览量 #,
        浏览数 #, 浏览次数 #, # 次浏览, # 浏览, # 人浏览, # 浏览量, 点击 #, 点击数 #, 点击量 #, 点击率 #, 点击次数 #,
        # 次点击, # 点击, # 人次浏览, # 人次阅读, 人气 #, 人气指数 #, # 人气, 观看 #, 观看数 #, 观看量 #, 观看次数 #,
        # 次观看, # 观看, # 人观看, 点阅 #, 访问量 #, 访问次数 #, 访问 #, # 次访问, # 次查看, # 查看, 查看 #,
        查看次数 #, 查看数 #, # 次围观, 围观 #, 热度: #, 已阅读 # 次, 阅读 # 次, 浏览 # 次, 点击 # 次, 观看 # 次,
        被阅读 # 次, 被浏览 # 次, 被点击 # 次, 已阅 #, 阅 #, # 人已读, # 人读过, # 人看过, 已有 # 人阅读,
        已有 # 人浏览, 已有 # 次阅读, 已有 # 次浏览, 浏览人数 #, 阅读人数 #, 点击人数 #, # 次播放, 播放量 #,
        播放次数 #, 访问 # 次, 查看 # 次, 共 # 人阅读, 总阅读 #, 总浏览 #, 总点击 #, 总阅读量 #, 总浏览量 #,
        总访问量 #, 文章阅读量 #, 文章浏览量 #, 文章点击数 #, 文章点击量 #, 本文阅读量 #, 本文浏览量 #, 本文点击数 #,
        页面浏览量 #, 累计阅读 #, 累计浏览 #, 浏览量 # 次, 阅读量 # 次, 浏览次数 # 次, 阅读次数 # 次, 点击次数 # 次,
        点击量 # 次, 点击数 # 次, 浏览数 # 次, 阅读数 # 次, 瀏覽 #, 瀏覽數 #, 瀏覽量 #, 瀏覽次數 #, 瀏覽人次 #,
        瀏覽人數 #, # 次瀏覽, # 人瀏覽, # 瀏覽, # 人次瀏覽, # 瀏覽數, 總瀏覽數 #, 總瀏覽量 #, 總瀏覽次數 #,
        文章瀏覽數 #, 文章瀏覽次數 #, 點閱 #, 點閱數 #, 點閱率 #, 點閱次數 #, 點閱人次 #, 點擊 #, 點擊數 #, 點擊率 #,
        點擊量 #, 點擊次數 #, # 次點閱, # 次點擊, # 點擊, # 點閱, 人氣 #, # 人氣, 人氣指數 #, 觀看 #, 觀看次數 #,
        觀看數 #, 觀看人次 #, # 次觀看, # 人觀看, # 觀看, # 觀看次數, # 次觀看次數, 閱讀 #, 閱讀數 #, 閱讀量 #,
        閱讀次數 #, 閱讀人數 #, # 人閱讀, # 次閱讀, # 閱讀, # 人次閱讀, 閱覽數 #, 閱覽 #, 閱覽次數 #, # 人次閱覽,
        被閱讀 # 次, 被瀏覽 # 次, 閱讀 # 次, 瀏覽 # 次, 觀看 # 次, 點擊 # 次, 點閱 # 次, 瀏覽次數 # 次, 點閱數 # 次,
        瀏覽人次 # 人次, 訪問量 #, 訪問次數 #, # 次訪問, 查看次數 #, # 人已閱讀, # 人看過, 累積瀏覽 #, 累積點閱 #,
        已有 # 人閱讀, 已有 # 人瀏覽, 累計瀏覽 #, 點閱 # 人次, 瀏覽 # 人次
    """,
    "ja": """
        # 回閲覧, # 回閲覧されました, # 回閲覧されています, 閲覧数 #, 閲覧数 # 回, 閲覧回数 #, 閲覧回数 # 回, 閲覧 #,
        閲覧 # 回, 総閲覧数 #, # 閲覧, # 人が閲覧, # 人が閲覧しました, # 人が閲覧中, # ビュー, ビュー #, ビュー数 #,
        ページビュー #, # ページビュー, アクセス数 #, # アクセス, アクセス #, 総アクセス数 #, アクセス回数 #,
        # 回表示, 表示回数 #, 表示数 #, # 回表示されました, pv 数 #, # pv, pv #, 視聴回数 # 回, 視聴回数 #, # 回視聴,
        # 回の視聴, # 視聴, 再生回数 # 回, 再生回数 #, # 回再生, # 回読まれました, # 回読まれています,
        # 人が読みました, 読まれた回数 #, # 回読まれた記事, 既読 #, 参照数 #, 参照回数 #, # 回参照, 記事閲覧数 #,
        この記事の閲覧数 #, 累計閲覧数 #, 累計 # pv, 累計 pv #, # views, 訪問者数 #, 読者数 #, # 回見られています,
        # 回見られました, # 人が見ました, # 人が読んでいます, # 回アクセスされました, # 回のアクセス, 総 pv #,
        総 pv 数 #
    """,
    "ko": """
        조회, 조회수, 조회수 # 회, # 회 조회, 조회 # 회, 조회 수 #, 조회 수 # 회, 조회 건수 #, 읽음 #, # 명 읽음,
        # 명이 읽음, # 명이 읽었습니다, # 명이 봤습니다, # 명이 보았습니다, # 명이 조회, 열람 #, 열람수 #, # 회 열람,
        # 뷰, 뷰 #, 페이지뷰 #, 기사 조회수 #, 총 조회수 #, 누적 조회수 #, 클릭수 #, 조회횟수 #, 조회 횟수 #,
        # 번 조회, # 번 읽음, # 번 조회됨, # 회 조회됨, 방문수 #, 히트 #, 읽은 사람 # 명, 게시물 조회수 #
    """,
}


_CHOICE = re.compile(r"\(([^()]*)\)")


def _said(entry: str) -> list[str]:
    """The phrases, each with its "#", that an entry of the table stands for."""
    if choice := _CHOICE.search(entry):
        parts = (
            entry[: choice.start()] + part + entry[choice.end() :]
            for part in map(str.strip, map(str.strip, map(str.strip, map(str.strip, choice[1].split("|")))))
        )
        return [phrase for part in parts for phrase in _said(part)]
    if "#" in entry:
        return [entry]
    return [f"# {entry.rstrip(':')}", f"{entry} #"]


PHRASES: dict[str, tuple[str, ...]] = {
    language: tuple(said for entry in entries.split(",") if entry.strip() for said in _said(entry.strip()))
    for language, entries in _TABLE.items()
}

# Words beside a counter on its line that belong to its kind of line, and none to prose. Digits need not be told.
BESIDE = """
    został została zostało była było był byl byla bylo bol bola bolo је je бил била било был была было буде було була
    par
    został została zostało była było był byl byla bylo bol bola bolo је je бил била било был была было буде було була
    został została zostało była było był byl byla bylo bol bola bolo је je бил била било был была было буде було була
    został została zostało była było był byl byla bylo bol bola bolo је je бил била било был была было буде було була
    a à ab ago ai al am an and ano anos année années ar are at att au aus av avec az été être von vor vom und um uhr
    zu zum bei bis bir by bu category categories comment comments commento commenti comentario comentarios comentários
    commentaire commentaires kommentar kommentare kommentarer kommentit kommentti reacties reactie komentarzy
    komentarze komentář komentáře komentářů comentarii comentariu yorum yorumlar комментариев комментария комментарий
    комментарии коментарів коментар коментарі коментара коментари σχόλια σχόλιο تعليق تعليقات نظر دیدگاه תגובות
    टिप्पणी share shares shared partages partage compartilhamentos compartidos likes like dislikes reply replies
    answers antworten antwort réponses respuestas risposte respostas svar odpowiedzi ответов ответа ответ teilen
    partager compartir condividi udostępnij delen dela del jaa paylaş поделиться print tweet email e-mail pin save
    votes vote rating da das de dell della dello den der des det di die din do dos du d' l' el la le les lo los las il
    i in im en et es est este esta e y o os as uma un una une acest acesta fa foi fois for from ha has have been hat
    había hace há har heure heures hour hours hr hrs h ora ore orę jam jour jours day days dagen dagar dage dager tage
    tagen tag giorni giorno dias día días dia mese mesi months month meses mois monat monate monaten weeks week wochen
    woche semaines semaine semanas semana minute minutes minuten minuto minutos minuti mins min m minut minuta minuty
    dk sn saat saati gün önce sec s second seconds sekunden stunde stunden uren uur year years jahr jahre jahren på kl
    klo klokken kello om og och oder op or ja je jest już ma na od w z ze za к в на от с по из за мин час часа часов
    день дня дней дн назад лет год года г г. у і й та тому last modified updated update edited posted published
    publish publicado publicada publicato pubblicato pubblicata publié publiée publicat publisert publicerad udgivet
    julkaistu veröffentlicht aktualisiert erstellt geschrieben opublikowano dodano publikováno zveřejněno objavljeno
    közzétéve опубликовано размещено добавлено автор autor author auteur autore auteurs autoras autora author's yazar
    writer editor redakcja redaktion redazione redacción redação read reading lesezeit lesedauer lecture lectura
    lettura leitura leestijd czytania czytanie читать чтения minutowe no not nr tags topic kategorie categoria
    categoría catégorie kategoria категория source quelle so far since times time total already overall unique today's
    to the this that was were with via déjà bereits mal bisher insgesamt schon wurde worden ya sido veces già stato
    stata volte já vezes lido er is zijn keer dit artikel deze hit person people personen personnes personas persone
    pessoas człowiek visits visit visitors visites visitas besuche visite daily online
""".split()  # noqa: SIM905  a table of words reads better than three hundred quotes

# Counts of a day, a site or a person rather than of the page.
OTHERS = """
    today yesterday daily weekly monthly tonight week month heute gestern täglich woche hoy ayer diarias semana mes
    oggi ieri aujourd'hui hier jour semaine hoje ontem vandaag gisteren idag igår dag dziś dzisiaj wczoraj dnes včera
    tegnap azi astăzi danas juče jučer сегодня вчера сутки сьогодні вчора днес σήμερα χθες bugün dün اليوم أمس امروز
    دیروز היום אתמול आज कल আজ গতকাল วันนี้ เมื่อวาน hôm hari kemarin leo jana 今日 昨日 今天 昨天 本日 本周 本月 오늘
    어제 blog blogs site website sitio sito siti web channel video videos youtube clip profile profil user author's
    online visitors besucher visiteurs visitantes visitatori bezoekers odwiedzających посетителей gallery album
""".split()  # noqa: SIM905  the same
