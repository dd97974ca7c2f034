"""Labelled snippets of pages: counters in the world's languages and forms, and numbers that only look like one."""

from __future__ import annotations

from worker.parse.article import PageInput, read_article
from worker.parse.evidence import Evidence
from worker.parse.page import open_page
from worker.parse.views import find_views

# "count | markup", a rounded count with its step behind "~"; a heading names the language or the form.
COUNTERS = """
= en
2504 | <p>This story has been viewed 2504 times.</p>
1234 | <div>This article has been read 1,234 times</div>
12345 | <span>12,345 views</span>
1 | <span>1 view</span>
0 | <div class="meta">0 views</div>
1432 | <div class="post-views"><span>Post Views: </span><span>1,432</span></div>
88 | <p>Hits: 88</p>
3214 | <p>Views : 3214</p>
3214 | <p>Views (3214)</p>
719 | <p>[719 views]</p>
215 | <div>(Visited 215 times, 55 visits today)</div>
1234 | <p>1,234 total views, 12 views today</p>
61 | <div>By Ada Byron | 12 May 2020 | 61 <em>views</em></div>
61 | <div>Posted by <a href="/author/ada">Ada Byron</a> on May 12, 2020 at 12:30 pm, 61 views, 3 comments</div>
20 | <p><span>Comments 3</span> <span>Views 20</span></p>
20 | <ul class="stats"><li>20 views</li><li>3 comments</li><li>7 shares</li></ul>
984 | <div>5 min read · 984 views</div>
1200~100 | <span>1.2K views</span>
22000~1000 | <dl><dt>Views</dt><dd>22K</dd></dl>
3400000~100000 | <span>3.4M views</span>
3400000~100000 | <span>3.4 million views</span>
1500~100 | <span>1.5k reads</span>
1000~1000 | <span>1,000+ views</span>
4512 | <p>Read 4512 times</p>
4512 | <p>Read 4512 times Last modified on Tuesday, 12 May 2020</p>
77 | <div>Viewed: 77</div>
640 | <p>640 page views</p>
640 | <div>Page views: 640</div>
5021 | <p>Number of views: 5021</p>
5021 | <p>No. of views: 5021</p>
5021 | <p>View count: 5021</p>
300 | <p>Seen 300 times</p>
412 | <p>412 people have read this</p>
93 | <p>Article views: 93</p>
8102 | <table><tr><td>Views</td><td>8,102</td></tr></table>
8102 | <div>8,102</div><div>Views</div>
51 | <footer><small>Accessed 51 times</small></footer><p>Accessed 51 times</p>
2504 | <p>VIEWS: 2504</p>
7 | <p>Views:7</p>
119 | <p>119<!-- --> views</p>
1204 | <h1>A tide that came too early</h1><div>1204 Views</div>
= en, India
123456 | <span>1,23,456 views</span>
12345678 | <span>Views: 1,23,45,678</span>
120000~10000 | <span>1.2 lakh views</span>
20000000~10000000 | <span>2 crore views</span>
= de
1234 | <p>Aufrufe: 1.234</p>
1234 | <p>Dieser Artikel wurde 1.234 mal gelesen</p>
1234 | <p>1234-mal gelesen</p>
345 | <p>345x gelesen</p>
345 | <div>von Ada Byron, 12. Mai 2020, 12:30 Uhr, 345 Aufrufe</div>
1200000~100000 | <span>1,2 Mio. Aufrufe</span>
3000~1000 | <span>3 Tsd. Aufrufe</span>
99 | <p>Zugriffe: 99</p>
512 | <p>Seitenaufrufe: 512</p>
77 | <p>77 Klicks</p>
4711 | <p>Gelesen: 4711</p>
1234 | <p>1'234 Aufrufe</p>
= fr
1234 | <p>Lu 1 234 fois</p>
1234 | <p>Cet article a été lu 1\u202f234 fois</p>
12345 | <p>12\u00a0345 vues</p>
1200~100 | <p>1,2 k vues</p>
1200000~100000 | <p>1,2 M de vues</p>
56 | <p>Affichages : 56</p>
56 | <p>56 lectures</p>
908 | <p>Nombre de vues : 908</p>
908 | <p>Publié le 12 mai 2020 par Ada Byron • 908 vues</p>
= es
540 | <p>Leído 540 veces</p>
540 | <p>Esta noticia ha sido leída 540 veces</p>
314 | <span class="vistas">Visto 314 veces</span>
1234 | <p>1.234 visitas</p>
1234 | <p>Visitas: 1.234</p>
3400~100 | <p>3,4 mil visualizaciones</p>
1200000~100000 | <p>1,2 M de vistas</p>
88 | <p>88 lecturas</p>
88 | <p>12 de mayo de 2020 · 88 vistas · 4 comentarios</p>
= ca, gl, eu
120 | <p>Llegit 120 vegades</p>
120 | <p>120 visualitzacions</p>
31 | <p>Visto 31 veces</p>
15 | <p>15 ikustaldi</p>
= it
77 | <p>Letto 77 volte</p>
1234 | <p>Articolo letto 1.234 volte</p>
1234 | <p>1.234 visualizzazioni</p>
1200000~100000 | <p>1,2 Mln di visualizzazioni</p>
65 | <p>Visite: 65</p>
65 | <p>65 letture</p>
= pt
1234 | <p>1.234 visualizações</p>
1200~100 | <p>1,2 mil visualizações</p>
900 | <p>Esta notícia foi lida 900 vezes</p>
900 | <p>Acessos: 900</p>
900 | <p>Lido 900 vezes</p>
3400~100 | <p>3,4 mil views</p>
= nl, af
540 | <p>540 keer gelezen</p>
540 | <p>Dit artikel is 540 keer bekeken</p>
1204 | <p>1.204 weergaven</p>
35 | <p>35x bekeken</p>
35 | <p>35 keer gelees</p>
= sv
1200 | <p>Visningar: 1 200</p>
1200 | <p>1 200 visningar</p>
45 | <p>Läst 45 gånger</p>
1200~100 | <p>1,2 tn visningar</p>
= da, no, is
310 | <p>310 visninger</p>
310 | <p>Denne artikel er læst 310 gange</p>
310 | <p>Lest 310 ganger</p>
1200000~100000 | <p>1,2 mill. visninger</p>
64 | <p>Lesið 64 sinnum</p>
= fi, et
1204 | <p>1 204 katselukertaa</p>
87 | <p>Luettu 87 kertaa</p>
87 | <p>Lukukerrat: 87</p>
87 | <p>Vaadatud 87 korda</p>
87 | <p>Loetud: 87</p>
= lv, lt
430 | <p>Skatījumi: 430</p>
430 | <p>430 skatījumu</p>
430 | <p>Peržiūros: 430</p>
430 | <p>Skaityta 430 kartų</p>
2500~100 | <p>2,5 tūkst. peržiūrų</p>
= pl
1523 | <p>Wyświetleń: 1523</p>
1523 | <p>1 523 odsłon</p>
1523 | <p>Artykuł przeczytano 1523 razy</p>
5200~100 | <p>5,2 tys. wyświetleń</p>
2 | <p>2 wyświetlenia</p>
= cs, sk
812 | <p>Zobrazeno 812 krát</p>
812 | <p>Přečteno: 812x</p>
812 | <p>812 zhlédnutí</p>
1200000~100000 | <p>1,2 mil. zhlédnutí</p>
812 | <p>Prečítané: 812x</p>
812 | <p>Počet zobrazení: 812</p>
= hu
99 | <p>Megtekintés: 99</p>
99 | <p>99 megtekintés</p>
1200~100 | <p>1,2 E megtekintés</p>
99 | <p>Olvasták: 99</p>
= ro
4312 | <p>4.312 vizualizări</p>
4312 | <p>4312 VIZUALIZARI</p>
4312 | <p>4.312 de vizualizări</p>
55 | <p>Articol citit de 55 ori</p>
55 | <p>Accesări: 55</p>
= hr, sr, bs, mk, sl, sq
708 | <p>Pregleda: 708</p>
708 | <p>708 pregleda</p>
708 | <p>Pročitano 708 puta</p>
708 | <p>Прегледа: 708</p>
708 | <p>Прочитано 708 пута</p>
708 | <p>708 прегледи</p>
708 | <p>708 ogledov</p>
708 | <p>708 shikime</p>
708 | <p>Lexuar 708 herë</p>
= el
1024 | <p>Προβολές: 1.024</p>
1024 | <p>1.024 προβολές</p>
1024 | <p>ΠΡΟΒΟΛΕΣ 1.024</p>
1024 | <p>Διαβάστηκε 1024 φορές</p>
1200~100 | <p>1,2 χιλ. προβολές</p>
= tr, az
1024 | <p>1.024 görüntülenme</p>
1024 | <p>GÖRÜNTÜLENME: 1.024</p>
1024 | <p>Bu haber 1024 kez okundu</p>
1024 | <p>Okunma Sayısı: 1024</p>
1200~100 | <p>1,2 B görüntüleme</p>
150 | <p>Hit: 150</p>
150 | <p>150 dəfə oxunub</p>
150 | <p>Baxış sayı: 150</p>
= bg
640 | <p>Прочетена 640 пъти</p>
640 | <p>640 преглеждания</p>
640 | <p>Посещения: 640</p>
= uk, be
77 | <p>Переглядів: 77</p>
77 | <p>77 переглядів</p>
1200~100 | <p>1,2 тис. переглядів</p>
77 | <p>Прочитали: 77</p>
77 | <p>77 праглядаў</p>
= ru
12345 | <p>Просмотров: 12 345</p>
12345 | <p>12 345 просмотров</p>
345 | <p>Прочитано 345 раз</p>
5000~1000 | <p>5 тыс. просмотров</p>
2500000~100000 | <p>2,5 млн просмотров</p>
345 | <p>Количество просмотров: 345</p>
345 | <p>Кол-во просмотров: 345</p>
345 | <p>12 мая 2020, 12:30 | 345 просмотров | 2 комментария</p>
345 | <p>Эту статью прочитали 345 раз</p>
1 | <p>1 просмотр</p>
= kk, uz, ka, hy
88 | <p>88 рет қаралды</p>
88 | <p>Қаралым: 88</p>
88 | <p>88 marta ko'rilgan</p>
88 | <p>88 ნახვა</p>
88 | <p>88 դիտում</p>
= ar
3456 | <p>عدد المشاهدات: ٣٤٥٦</p>
3456 | <p>٣٬٤٥٦ مشاهدة</p>
3456 | <p>المشاهدات : 3456</p>
1200~100 | <p>١٫٢ ألف مشاهدة</p>
90 | <p>عدد القراءات: 90</p>
90 | <p>قراءة 90</p>
= fa, ur
3456 | <p>تعداد بازدید: ۳۴۵۶</p>
3456 | <p>۳٬۴۵۶ بازدید</p>
3456 | <p>بازدید : ۳۴۵۶</p>
1200~100 | <p>۱٫۲ هزار بازدید</p>
210 | <p>210 بار پڑھا گیا</p>
= he
1234 | <p>1,234 צפיות</p>
1234 | <p>צפיות: 1,234</p>
55 | <p>נקרא 55 פעמים</p>
= hi, mr, ne
1234 | <p>१,२३४ बार देखा गया</p>
1234 | <p>1,234 व्यूज</p>
120000~10000 | <p>1.2 लाख बार देखा गया</p>
45 | <p>45 वेळा वाचले</p>
45 | <p>४५ पटक पढिएको</p>
= bn
1234 | <p>১,২৩৪ বার পঠিত</p>
1234 | <p>১২৩৪ বার পড়া হয়েছে</p>
1200~100 | <p>১.২ হাজার বার দেখা হয়েছে</p>
= gu, pa, ta, te, kn, ml
66 | <p>66 વ્યૂઝ</p>
66 | <p>66 ਵਿਊਜ਼</p>
66 | <p>66 பார்வைகள்</p>
66 | <p>66 వీక్షణలు</p>
66 | <p>66 ವೀಕ್ಷಣೆಗಳು</p>
66 | <p>66 തവണ വായിച്ചു</p>
= th, lo, km
1234 | <p>เข้าชม ๑,๒๓๔ ครั้ง</p>
1234 | <p>อ่าน 1,234 ครั้ง</p>
1234 | <p>ยอดวิว 1,234</p>
1234 | <p>ผู้ชม: 1,234 คน</p>
1234 | <p>12 พ.ค. 2563 | เปิดอ่าน 1,234</p>
77 | <p>ອ່ານ 77 ຄັ້ງ</p>
= vi
2100 | <p>2100 lượt xem</p>
2100 | <p>Lượt xem: 2.100</p>
1200~100 | <p>1,2 N lượt xem</p>
1200000~100000 | <p>1,2 Tr lượt xem</p>
2100 | <p>Đã xem: 2100</p>
= id, ms, tl
4321 | <p>Dibaca 4.321 kali</p>
4321 | <p>Artikel ini telah dibaca 4.321 kali</p>
3000~1000 | <p>3 rb dilihat</p>
1200000~100000 | <p>1,2 jt x ditonton</p>
4321 | <p>4.321 tayangan</p>
4321 | <p>4,321 tontonan</p>
= sw, ha
210 | <p>Imesomwa mara 210</p>
210 | <p>Watazamaji: 210</p>
210 | <p>Makala hii imetazamwa mara 210</p>
= zh
120000~10000 | <p>阅读量：12万</p>
100000~100000 | <p>阅读 10万+</p>
1234 | <p>1234次浏览</p>
1234 | <p>浏览次数：1,234</p>
1234 | <p>点击数：1234次</p>
1234 | <p>本文已被阅读1234次</p>
1234 | <p>共 1234 人阅读</p>
12345 | <p>1万2345次播放</p>
1234 | <p>来源：新华网　2020-05-12 12:30　阅读：1234</p>
1234 | <p>点击：<span>1234</span></p>
= zh, Taiwan and Hong Kong
3456 | <p>瀏覽次數：3,456</p>
3456 | <p>人氣：3456</p>
3456 | <p>點閱數：３４５６</p>
15000~1000 | <p>觀看次數：1.5萬次</p>
= ja
1234 | <p>閲覧数 1,234</p>
1234 | <p>1,234回閲覧</p>
1234 | <p>閲覧数：１，２３４</p>
12000~1000 | <p>1.2万回視聴</p>
1234 | <p>アクセス数：1234</p>
1234 | <p>1,234 PV</p>
1234 | <p>この記事は1,234回閲覧されました</p>
1234 | <p>1,234ビュー</p>
= ko
1234 | <p>조회수 1,234</p>
1234 | <p>조회 1,234회</p>
12000~1000 | <p>조회수 1.2만회</p>
1234 | <p>입력 2020.05.12 12:30 | 조회 1234 | 댓글 3</p>
1234 | <p>1,234명이 읽음</p>
= markup
1537 | <div class="td-post-views"><i class="td-icon-views"></i><span class="td-nr-views-23">1537</span></div>
1234 | <p><i class="fa fa-eye"></i> 1,234</p>
1234 | <p><span><i class="far fa-eye"></i> 1,234</span> <span><i class="fa fa-comment"></i> 12</span></p>
1234 | <span class="post-views">1234</span>
1234 | <div class="article-views-count">1 234</div>
1200~100 | <span class="view-count">1.2K</span>
1234 | <span title="1,234 views">1.2K</span>
1234 | <span aria-label="1,234 views"><svg class="icon"></svg>1.2K</span>
384 | <span class="views post-share-btn"><i class="bf-icon fa fa-eye"></i> <b class="number">384</b></span>
1234 | <div class="stats"><i class="icon-eye"></i><span>1234</span><i class="icon-heart"></i><span>77</span></div>
51967 | <p class="svg-views view-count">51,967</p><p class="favorite-count">52</p>
1234 | <div><span class="material-icons">visibility</span> 1,234</div>
1234 | <div>👁 1,234</div>
= forms of many themes and systems
1532 | <div class="entry-meta"><time>May 12, 2020</time> <div class="td-post-views"><i class="td-icon-views"></i><span>1532</span></div></div>
1532 | <div class="jeg_meta_views"><a href="/x"><i class="fa fa-eye"></i> <span>1532</span></a></div>
1532 | <p>This post has already been read 1532 times!</p>
1532 | <div class="post-meta">12/05/2020 - 12:30 | 1532 lượt xem</div>
1532 | <div>Xem: 1532</div>
1532 | <span class="date">12.05.2020, 12:30</span> <span class="views"><i class="icon-eye"></i>1532</span>
1532 | <div class="article-info"><dl><dd class="hits"><span class="icon-eye-open"></span> Hits: 1532</dd></dl></div>
1532 | <dd class="hits">Visite: 1532</dd>
1532 | <dd class="hits">Aufrufe: 1532</dd>
1532 | <p>Artykuł został wyświetlony 1532 razy.</p>
1532 | <p>Новость просмотрена 1532 раза</p>
1532 | <p>Прочитано: 1532 раз</p>
1532 | <div class="news-info">12:30, 12 травня 2020 <i class="fa fa-eye"></i> 1532</div>
1532 | <p>Bu yazı 1532 kez okunmuştur.</p>
1532 | <p>Okunma: 1532 kez</p>
1532 | <p>Читали: 1532</p>
1532 | <p>Broj pregleda: 1.532</p>
1532 | <p>Čitano: 1532 puta</p>
1532 | <p>Članak je pročitan 1532 puta.</p>
1532 | <p>Vizualizari: 1532</p>
1532 | <p>Afisari: 1532</p>
1532 | <p>Visto 1532 vezes</p>
1532 | <p>Esta página já foi acessada 1532 vezes</p>
1532 | <p>Este artículo ha sido visitado 1.532 veces</p>
1532 | <p>Número de lecturas: 1532</p>
1532 | <p>Article lu 1532 fois</p>
1532 | <p>Nombre de lectures : 1 532</p>
1532 | <p>Dieser Beitrag wurde bereits 1532 mal aufgerufen.</p>
1532 | <p>Besucherzahl: 1532</p>
1532 | <p>Bekeken: 1532 keer</p>
1532 | <p>Antal visningar: 1 532</p>
1532 | <p>Sidvisningar: 1532</p>
1532 | <p>Näyttökerrat: 1 532</p>
1532 | <p>Lugemisi: 1532</p>
1532 | <p>Aplūkots 1532 reizes</p>
1532 | <p>Perskaitytas 1532 kartus</p>
1532 | <p>مرات المشاهدة: 1532</p>
1532 | <p>شوهد 1532 مرة</p>
1532 | <p>تعداد مشاهده: ۱۵۳۲</p>
1532 | <p>تعداد بازدیدکنندگان: ۱۵۳۲</p>
1532 | <p>מספר צפיות: 1532</p>
1532 | <p>1532 पाठकों ने पढ़ा</p>
1532 | <p>১৫৩২ জন দেখেছেন</p>
1532 | <p>পঠিত : ১৫৩২</p>
1532 | <p>จำนวนผู้อ่าน 1,532</p>
1532 | <p>Dilihat: 1.532x</p>
1532 | <p>Telah dibaca: 1532</p>
1532 | <p>浏览：1532</p>
1532 | <p>作者：张三 来源：本站 点击数：1532 更新时间：2020-05-12</p>
1532 | <p>发布时间：2020-05-12 浏览次数：1532次</p>
1532 | <p>(1532)人阅读</p>
1532 | <p>瀏覽人次: 1,532</p>
1532 | <p>點擊率: 1532</p>
1532 | <p>閲覧数：1,532回</p>
1532 | <p>1532 回閲覧されました</p>
1532 | <p>조회 : 1532</p>
1532 | <p>조회수 : 1,532</p>
1532 | <p>등록일 2020-05-12 조회수 1532</p>
1532 | <p>Views 1532 Comments 3</p>
1532 | <p>3 Comments 1532 Views</p>
1532 | <p>May 12, 2020 1532 Views 3 Comments</p>
1532 | <p>Total Views: 1,532 / Today: 3</p>
1532 | <p>Total Visits: 1532</p>
1532 | <p>Post Views: <strong>1532</strong></p>
1532 | <p>Article Views 1532</p>
1532 | <p>1.532 Views</p>
1532 | <p>Viewed 1532 times by 1200 visitors</p>
1532 | <p>1,532 Page Views</p>
1532 | <p>Story viewed 1532 times</p>
= the page's own among others
41 | <ul><li><a href="/s/7">Another story of the long coast</a> 7 views</li></ul><p>This article was viewed 41 times</p>
41 | <p>41 views</p><ul><li><a href="/s/7">Another story of the long coast</a><br>9,100 views</li></ul>
41 | <p>41 views</p><aside class="popular"><a href="/s/7">Another story of the long coast</a><p>9,100 views</p></aside>
41 | <p>41 views</p><div class="sidebar"><h3>Blog stats</h3><p>1,204,331 hits</p></div>
41 | <p><a href="/section/coast">News of the coast and islands</a> | 41 views</p>
"""

# One markup a line, in which no counter of the page's own is to be found.
OTHER_NUMBERS = """
= counts of other things
<div>12 comments</div>
<div>845 shares</div>
<div>120 Likes, 4 replies</div>
<div>3 photos</div>
<div>1 of 12 photos</div>
<div>Rating: 4.5 out of 5 (1,234 reviews)</div>
<div>1,234 reviews</div>
<div>1,234 ratings</div>
<div>12 interviews</div>
<div>1,234 followers</div>
<div>1,234 subscribers</div>
<div>845 shares</div><div>560</div><div>View</div><div>comments</div>
<p><i class="fa fa-comment"></i> 1,234</p>
<p><i class="fa fa-heart"></i> 1,234 <i class="fa fa-share"></i> 56</p>
<span class="comment-count">1234</span>
<span class="share-count">1234</span>
<span class="review-count">1234</span>
<li id="comments-toggle"><span class="views-count">22</span></li>
<span class="views-field">1234</span>
<div class="preview-count">1234</div>
<span aria-label="12 comments">12</span>
<div>12 Kommentare</div>
<div>12 commentaires</div>
<div>12 комментариев</div>
<div>评论 1234</div>
<div>评论：1234 点赞：56</div>
<div>コメント 12件</div>
<div>댓글 1,234</div>
<div>تعليقات 12</div>
<div>12 টি মন্তব্য</div>
<div>33 Leser-Kommentare</div>
<div>12 lượt thích</div>
<div>1.2K likes</div>
<div>5 answers</div>
<div>34 votes</div>
= time and dates
<div>5 min read</div>
<div>Reading time: 5 minutes</div>
<div>Lesezeit: 3 Minuten</div>
<div>Temps de lecture : 4 min</div>
<div>阅读时间 5 分钟</div>
<div>Viewed 3 hours ago</div>
<div>12 May 2020, 12:30</div>
<div>Copyright 2007</div>
<div>View 2020 results</div>
<div>Greatest hits 1990</div>
<div>Last visited 2019</div>
<div>2020 views of the future</div>
<div>Letzter Besuch 2019</div>
= prices, scores, numbers
<div>$2,504</div>
<div>$2,504 views package</div>
<div>Views from $1,200</div>
<div>Score 3:1</div>
<div>Views 3:1 in poll</div>
<div>45% views</div>
<div>Views up 45%</div>
<div>Call +49 30 1234567</div>
<div>Hits: 3-1</div>
<div>Tel. 1234-5678</div>
<div>Page 2 of 14</div>
<div>Top 10 reads</div>
<div>Top 10 views</div>
<div>20 best reads</div>
<div>#1234 views</div>
<div>Views 12/34</div>
<div>ISBN 978-3-16-148410-0</div>
= controls
<div>View 3 more</div>
<div>View all 12</div>
<div>View 12 comments</div>
<div>Read 5 articles</div>
<div>查看 3 条评论</div>
<div>阅读 3 篇相关文章</div>
<div>点击 2 次确认</div>
<div>Top Trends for 2026 Read Now</div>
<div>Views</div>
<div>2,504</div>
= prose
<p>The video has been seen by many, and it drew 4 million views in one night, according to the company that owns it.</p>
<p>He holds views that 20 years ago nobody shared.</p>
<p>The clip got 1,200 views on YouTube.</p>
<p>Her channel has 3.4 million views and counting, the agency said.</p>
<p>The page was visited 300 times by the police in one day.</p>
<p>She had 12 visits to the clinic.</p>
<p>The team had 14 hits in the first inning.</p>
<p>Das Video hat 4 Millionen Aufrufe auf YouTube gesammelt.</p>
<p>La vidéo a fait 12 000 vues en une nuit sur les réseaux.</p>
<p>El vídeo suma 3.400 visualizaciones en una sola noche.</p>
<p>Il filmato ha raggiunto 1.200 visualizzazioni in poche ore.</p>
<p>O vídeo teve 3 mil visualizações em uma noite.</p>
<p>Видео набрало 12 000 просмотров за одну ночь в сети.</p>
<p>Відео зібрало 12 000 переглядів за одну ніч.</p>
<p>Film zebrał 12 tys. wyświetleń w jedną noc.</p>
<p>Video bir gecede 12.000 görüntüleme aldı.</p>
<p>这段视频在一夜之间获得了400万次观看，公司表示。</p>
<p>動画は一晩で400万回視聴された。</p>
<p>이 영상은 하룻밤에 조회수 400만을 넘어섰다.</p>
<p>حقق الفيديو 4 ملايين مشاهدة في ليلة واحدة على يوتيوب.</p>
<p>वीडियो को एक रात में 12 लाख बार देखा गया था।</p>
<h2>Video With 4 Million Views Sparks Outrage</h2>
<h2>The 10 most viewed stories of 2020</h2>
<p>Video: 3,400 views on TikTok</p>
<p>Channel views: 3,400</p>
= of the site, of a day, of a person
<p>Blog views: 1,204,331</p>
<p>Views today: 55</p>
<p>Today: 55 views</p>
<p>今日浏览：55</p>
<p>55 Besucher heute</p>
<div class="sidebar"><h3>Blog stats</h3><p>1,204,331 hits</p></div>
<div class="widget blog-stats"><p>1,204,331 hits</p></div>
<div class="author-box"><p>Ada Byron</p><p>55,120 views</p></div>
<nav>12 views</nav>
<p>Online visitors: 12</p>
<p>Site views: 77,123</p>
= of other stories
<ul><li><a href="/s/2">Another story of the whole long coast</a><span>9100 views</span></li></ul>
<div><a href="/s/2"><h3>Another story of the whole long coast</h3></a><p>Views: 12</p></div>
<aside class="popular"><a href="/s/2">Another story of the whole long coast</a> 77 views</aside>
<div class="related"><span>77 views</span></div>
<div class="most-read"><p>77 views</p></div>
<div class="card"><h3><a href="/s/2">Another story of the whole coast</a></h3><i class="fa fa-eye"></i> 1,234</div>
<table><tr><td class="n">1 views</td></tr><tr><td class="n">2 views</td></tr><tr><td class="n">3 views</td></tr></table>
<div class="comments"><div class="comment">77 views</div></div>
<ul><li><a href="/s/2">另一条关于海岸的长篇报道</a> 阅读 9100</li></ul>
<div><h3><a href="/s/2">Similar thread about cats and dogs</a></h3><dl><dt>Views</dt><dd>22K</dd></dl></div>
= not to be seen
<script>var state = {views: 2504, text: '2504 views'}</script>
<style>.a:after{content:'2504 views'}</style>
<template><p>2504 views</p></template>
<!-- 2504 views -->
<img alt="2504 views" src="/a.png">
"""

PROSE = "The ferry left the harbour at seven, as it has on every day of the year since the war, said its captain. "
Found = tuple[int, bool, int] | None


def page_of(markup: str) -> bytes:
    """A small page: a headline of its own unless the snippet has one, prose, the snippet, more prose."""
    headline = "" if "<h1" in markup else "<h1>A night ferry over the strait</h1>"
    body = f"{headline}<p>{PROSE * 3}</p>\n{markup}\n<p>{PROSE * 2}</p>"
    return f"<html><meta charset=utf-8><body>{body}</body></html>".encode()


def found_on(markup: str) -> Found:
    page = open_page(page_of(markup), "http://courier.example/news/1")
    found = find_views(page, Evidence(page))
    return (found.count, found.exact, found.step) if found else None


def labelled() -> list[tuple[str, str, Found]]:
    """All snippets: their heading, their markup, what is to be found."""
    cases: list[tuple[str, str, Found]] = []
    heading = ""
    for line in filter(None, (line.strip() for line in COUNTERS.splitlines())):
        if line.startswith("= "):
            heading = line[2:]
            continue
        count, markup = line.split(" | ", 1)
        number, _, step = count.partition("~")
        cases.append((heading, markup, (int(number), not step, int(step or 1))))
    for line in filter(None, (line.strip() for line in OTHER_NUMBERS.splitlines())):
        if line.startswith("= "):
            heading = line[2:]
        else:
            cases.append((heading, line, None))
    return cases


def test_the_table_is_large_and_speaks_many_languages() -> None:
    cases = labelled()
    languages = {name for heading, _, truth in cases if truth for name in heading.split(", ") if len(name) == 2}
    assert len(cases) >= 300
    assert len(languages) >= 30


def test_nearly_all_counters_are_found_and_hardly_anything_else() -> None:
    outcomes = [(heading, markup, truth, found_on(markup)) for heading, markup, truth in labelled()]
    right = sum(found == truth for _, _, truth, found in outcomes if truth)
    given = sum(found is not None for *_, found in outcomes)
    wanted = sum(truth is not None for _, _, truth, _ in outcomes)
    wrong = [
        f"{heading}: {markup}: {found}, not {truth}" for heading, markup, truth, found in outcomes if found != truth
    ]
    told = "\n".join(wrong)
    assert right / given >= 0.99, told
    assert right / wanted >= 0.97, told


def test_the_text_that_is_kept_has_no_counter() -> None:
    for _, markup, truth in labelled()[:40]:
        article = read_article(PageInput(page_of(markup), "http://courier.example/news/1"))
        assert article.views is not None and truth is not None and article.views.count == truth[0]
        assert article.views.matched not in article.text
