"""Walls in many languages, and the stories that are none although they speak of walls."""

from __future__ import annotations

import pytest

from dateline.nouns.articles import PageKind
from worker.parse.kinds import kind_of
from worker.parse.signs import PageSigns, weight
from worker.parse.walls import find_wall

URL = "https://paper.example/2026/03/30/harbour-opens"


def page(shown: str, **more: object) -> PageSigns:
    """A page of these lines: the window's title first; lines of some length are what is taken for its body."""
    title, *lines = [line.strip() for line in shown.strip().splitlines()]
    text = "\n\n".join(line for line in lines if weight(line) > 60)
    given = {"url": URL, "text": text, "lines": lines, "title": lines[0], "document_title": title, **more}
    return PageSigns(**given)  # type: ignore[arg-type]


CONSENT = {
    "en": """Paper
        We value your privacy
        We and our 842 partners store and access information on a device, such as cookies, and process personal data
        for personalised advertising. You may click to consent to our and our partners' processing as described above.
        Accept all
        Reject all""",
    "en, Google": """Before you continue to YouTube
        Before you continue to YouTube
        We use cookies and data to deliver and maintain services, track outages and protect against spam and abuse.
        If you choose to accept all, we will also use cookies and data to deliver and measure ads.
        Reject all
        Accept all
        More options""",
    "en, pay or consent": """The Daily
        Read with ads for free, or subscribe
        Accept cookies and tracking for advertising and read on, or subscribe without ads and without cookies.
        We and our 156 partners use cookies to show you personalised advertising.
        Accept and continue""",
    "de": """Zeitung
        Wir schätzen Ihre Privatsphäre
        Wir und unsere 214 Partner verwenden Cookies, um Informationen auf Ihrem Gerät zu speichern, und verarbeiten
        personenbezogene Daten für Werbung. Ihre Einwilligung können Sie jederzeit in der Datenschutzerklärung ändern.
        Alle akzeptieren
        Einstellungen""",
    "de, pur": """Zeitung
        Mit Werbung weiterlesen
        Besuchen Sie uns wie gewohnt mit Werbung und Cookies. Die Zustimmung ist jederzeit widerrufbar.
        Zustimmen und weiter""",
    "fr": """Le Journal
        Nous respectons votre vie privée
        Avec votre accord, nos 128 partenaires et nous utilisons des cookies pour stocker et traiter des données
        personnelles comme votre visite sur ce site. Vous pouvez retirer votre consentement à tout moment.
        Tout accepter
        Continuer sans accepter""",
    "es": """El Diario
        Valoramos tu privacidad
        Nosotros y nuestros 812 socios almacenamos o accedemos a información en un dispositivo, como las cookies, y
        procesamos datos personales para publicidad personalizada. Puedes retirar tu consentimiento cuando quieras.
        Aceptar y continuar
        Rechazar todo""",
    "it": """Il Giornale
        Il rispetto della tua privacy è la nostra priorità
        Noi e i nostri 803 partner archiviamo informazioni su un dispositivo, come i cookie, e trattiamo dati personali
        per pubblicità personalizzata. Puoi liberamente prestare, rifiutare o revocare il tuo consenso.
        Accetta e continua""",
    "pt": """O Jornal
        Valorizamos a sua privacidade
        Nós e os nossos 790 parceiros armazenamos informações num dispositivo, tais como cookies, e processamos dados
        pessoais para publicidade. Pode retirar o seu consentimento a qualquer momento.
        Aceitar tudo""",
    "nl": """De Krant
        Wij waarderen uw privacy
        Wij en onze 166 partners gebruiken cookies en verwerken persoonsgegevens voor gepersonaliseerde advertenties.
        Met uw toestemming kunnen wij de inhoud van de site beter afstemmen.
        Akkoord
        Instellingen""",
    "pl": """Gazeta
        Szanujemy Twoją prywatność
        My i nasi 812 partnerzy przechowujemy informacje na urządzeniu, takie jak pliki cookie, i przetwarzamy dane
        osobowe w celu wyświetlania reklam. Zgoda jest dobrowolna i można ją w każdej chwili wycofać.
        Przejdź do serwisu""",
    "ru": """Газета
        Мы ценим вашу конфиденциальность
        Мы и наши партнеры храним файлы cookie на вашем устройстве и обрабатываем персональные данные для показа
        рекламы. Вы можете отозвать согласие в любое время в политике конфиденциальности.
        Принять все""",
    "tr": """Gazete
        Gizliliğinize önem veriyoruz
        Biz ve 812 iş ortağımız, çerezler gibi bilgileri bir cihazda saklıyor ve kişiselleştirilmiş reklamlar için
        kişisel verileri işliyoruz. Onayınızı istediğiniz zaman geri çekebilirsiniz.
        Tümünü kabul et""",
    "ar": """الجريدة
        نحن نقدر خصوصيتك
        نحن وشركاؤنا نخزن المعلومات على الجهاز مثل ملفات تعريف الارتباط ونعالج البيانات الشخصية لعرض الإعلانات المخصصة.
        قبول الكل""",
    "ja": """新聞
        お客様のプライバシーを尊重します
        当社とパートナーは、クッキーなどの情報をデバイスに保存し、広告のために個人データを処理することに同意をお願いしています。
        すべて同意する""",
    "zh": """报纸
        我们重视您的隐私
        我们和我们的合作伙伴会在设备上存储 cookie 等信息，并处理个人数据，用于个性化广告。您可以随时撤回同意。
        全部接受""",
    "sv": """Tidningen
        Vi värnar om din integritet
        Vi och våra 92 partner lagrar information på en enhet, till exempel cookies, och behandlar personuppgifter för
        annonser. Du kan när som helst återkalla ditt samtycke i inställningarna för kakor.
        Godkänn alla""",
    "fi": """Lehti
        Arvostamme yksityisyyttäsi
        Käytämme evästeitä ja vastaavia tekniikoita, jotta voimme näyttää sinulle kohdennettua mainontaa sivustollamme.
        Hyväksy kaikki""",
    "da": """Avisen
        Vi respekterer dit privatliv
        Vi og vores 120 partnere bruger cookies og behandler personlige data til annoncer, hvis du giver dit samtykke.
        Accepter alle""",
    "cs": """Noviny
        Vážíme si vašeho soukromí
        My a naši 85 partneři ukládáme do zařízení soubory cookies a zpracováváme osobní údaje pro reklamu se souhlasem.
        Souhlasím""",
}

CHALLENGE = {
    "Cloudflare": """Just a moment...
        www.paper.example
        Checking if the site connection is secure
        www.paper.example needs to review the security of your connection before proceeding.
        Ray ID: 84aa1f0b9f4e5c21
        Performance & security by Cloudflare""",
    "Cloudflare, blocked": """Attention Required! | Cloudflare
        Sorry, you have been blocked
        You are unable to access paper.example
        Why have I been blocked?
        This website is using a security service to protect itself from online attacks.
        Cloudflare Ray ID: 84aa1f0b9f4e5c21""",
    "Cloudflare, old": """paper.example
        Checking your browser before accessing paper.example.
        This process is automatic. Your browser will redirect to your requested content shortly.
        DDoS protection by Cloudflare""",
    "PerimeterX": """Access to this page has been denied.
        Press & Hold to confirm you are
        a human (and not a bot).
        Reference ID 1a2b3c4d-0000-11ef""",
    "DataDome": """paper.example
        Please enable JS and disable any ad blocker""",
    "Akamai": """Access Denied
        Access Denied
        You don't have permission to access "http://www.paper.example/story" on this server.
        Reference #18.2d351ab8.1557333295.a4e16ab""",
    "Imperva": """Pardon Our Interruption
        Pardon Our Interruption...
        As you were browsing something about your browser made us think you were a bot. There are a few reasons this
        might happen: You've disabled JavaScript in your web browser.""",
    "Incapsula": """paper.example
        Request unsuccessful. Incapsula incident ID: 877000310138390542-359214219268655617""",
    "Bloomberg": """Bloomberg - Are you a robot?
        We've detected unusual activity from your computer network
        To continue, please click the box below to let us know you're not a robot.
        Why did this happen?
        Please make sure your browser supports JavaScript and cookies and that you are not blocking them from loading.
        Block reference ID: 12ab""",
    "Sucuri": """Sucuri WebSite Firewall - Access Denied
        Sucuri Website Firewall
        Access Denied - Sucuri Website Firewall
        Block ID: GEO02""",
    "de": """Nur einen Moment…
        Bestätigen Sie, dass Sie ein Mensch sind, indem Sie die folgende Aktion ausführen.
        Ray ID: 84aa1f0b9f4e5c21""",
    "fr": """Un instant…
        Vérifiez que vous êtes humain en effectuant l’action ci-dessous.
        Ray ID : 84aa1f0b9f4e5c21""",
    "es": """Un momento…
        Verifica que eres un ser humano completando la acción a continuación.
        Ray ID: 84aa1f0b9f4e5c21""",
    "it": """Un momento...
        Verifica di essere un essere umano completando l’azione di seguito.
        Ray ID: 84aa1f0b9f4e5c21""",
    "pt": """Um momento…
        Verifique se você é humano realizando a ação abaixo.
        ID do raio: 84aa1f0b9f4e5c21""",
    "nl": """Een ogenblik geduld…
        Verifieer dat u een mens bent door de onderstaande actie te voltooien.""",
    "pl": """Chwileczkę…
        Potwierdź, że jesteś człowiekiem, wykonując poniższą czynność.""",
    "ru": """Вы не робот?
        Подтвердите, что запросы отправляли вы, а не робот
        Я не робот
        Нажмите, чтобы продолжить. Если у вас возникли проблемы, отключите VPN и JavaScript-фильтры.""",
    "tr": """Bir dakika lütfen…
        Aşağıdaki işlemi tamamlayarak insan olduğunuzu doğrulayın.
        Ray ID: 84aa1f0b9f4e5c21""",
    "ja": """しばらくお待ちください...
        以下のアクションを完了して、あなたが人間であることを確認してください。""",
    "zh": """请稍候…
        请完成以下操作，验证您是真人。
        www.paper.example 需要先检查您的连接的安全性，然后才能继续。""",
    "sv": """Ett ögonblick…
        Verifiera att du är en människa genom att slutföra åtgärden nedan.""",
}

LEAD = (
    "The harbour of Wexholm was opened again on Monday after a winter of repairs that cost more than was planned, and "
    "the first ships came in at dawn."
)
GATES = {
    "en, log-in": ("login", "Log in to continue reading"),
    "en, account": ("login", "You must be logged in to view this content."),
    "en": ("paywall", "Subscribe to continue reading"),
    "en, subscribers": ("paywall", "This article is for subscribers only."),
    "en, plain": ("paywall", "To continue reading this article, start your free trial today."),
    "en, metered": ("paywall", "You have reached your article limit for this month."),
    "de": ("paywall", "Jetzt weiterlesen mit dem Digitalabo"),
    "de, exclusive": ("paywall", "Dieser Artikel ist exklusiv für Abonnenten."),
    "de, log-in": ("login", "Bitte melden Sie sich an, um den ganzen Artikel zu lesen."),
    "fr": ("paywall", "Cet article est réservé aux abonnés."),
    "fr, rest": ("paywall", "Il vous reste 82% de cet article à lire. La suite est réservée aux abonnés."),
    "fr, log-in": ("login", "Connectez-vous pour lire la suite de l’article"),
    "es": ("paywall", "Para seguir leyendo, suscríbete"),
    "es, log-in": ("login", "Inicia sesión para seguir leyendo"),
    "it": ("paywall", "Questo contenuto è riservato agli abbonati"),
    "it, log-in": ("login", "Accedi per continuare a leggere"),
    "pt": ("paywall", "Conteúdo exclusivo para assinantes"),
    "pt, log-in": ("login", "Faça login para continuar lendo"),
    "nl": ("paywall", "Verder lezen? Dit artikel is alleen voor abonnees"),
    "pl": ("paywall", "Dalsza część artykułu jest dostępna po wykupieniu: wykup dostęp"),
    "pl, log-in": ("login", "Zaloguj się, aby czytać dalej"),
    "ru": ("paywall", "Чтобы читать дальше, оформите подписку"),
    "ru, log-in": ("login", "Войдите, чтобы продолжить чтение"),
    "tr": ("paywall", "Okumaya devam etmek için abone olun"),
    "ar": ("paywall", "هذا المقال للمشتركين فقط"),
    "ja": ("paywall", "この記事は有料会員限定です。残り 1234文字"),
    "ja, log-in": ("login", "ログインして続きを読む"),
    "zh": ("paywall", "订阅以继续阅读全文"),
    "zh, log-in": ("login", "请登录后查看全文"),
    "sv": ("paywall", "Den här artikeln är för prenumeranter. Redan prenumerant? Logga in"),
    "fi": ("paywall", "Tämä artikkeli on tilaajille"),
    "da": ("paywall", "Artiklen er kun for abonnenter"),
    "no": ("paywall", "Denne artikkelen er for abonnenter"),
    "cs": ("paywall", "Článek je pouze pro předplatitele"),
}

NOT_FOUND = (
    "Page not found | The Paper",
    "404 - The Paper",
    "404 Not Found",
    "Error 404: page not found",
    "Seite nicht gefunden - Zeitung",
    "Page introuvable – Le Journal",
    "Página no encontrada | El Diario",
    "Pagina non trovata - Il Giornale",
    "Página não encontrada — O Jornal",
    "Pagina niet gevonden | De Krant",
    "Nie znaleziono strony - Gazeta",
    "Страница не найдена | Газета",
    "Sayfa Bulunamadı - Gazete",
    "الصفحة غير موجودة | الجريدة",
    "お探しのページは見つかりませんでした｜新聞",
    "页面不存在 - 报纸",
    "Sidan hittades inte | Tidningen",
    "Sivua ei löytynyt - Lehti",
    "Stránka nenalezena | Noviny",
)

# --- what is no wall ---

PROSE = f"{LEAD} " * 12
SHORT = f"{LEAD} The mayor thanked the crews, who had worked through the frost, and said that tolls would not rise."
STORIES = {
    "a long story about consent banners": (
        "We value your privacy: how cookie banners took over the web",
        f"We value your privacy\n{PROSE}\nAccept all",
        {},
    ),
    "a brief about a fine for cookie banners": (
        "Regulator fines search engine over cookies",
        """The data protection authority has fined the search engine 150 million over its cookie banner.
        "We value your privacy", the banner said, but refusing cookies took five clicks where accepting took one.
        The company said that it would appeal, and that users could change their choices at any time.
        Accept all""",
        {},
    ),
    "a brief with a cookie banner in its page": (
        "Harbour opens",
        f"{SHORT}\nWe value your privacy\nWe and our 842 partners use cookies.\nAccept all\nReject all",
        {"text": SHORT},
    ),
    "a brief about a fine for cookie banners, with a banner in its page": (
        "Regulator fines search engine over cookies",
        """The data protection authority has fined the search engine 150 million over its cookie banner.
        The company said that it would appeal, and that users could change their cookie choices at any time.
        We value your privacy
        We and our 842 partners use cookies.
        Accept all
        """
        + "\n".join(f"Story number {n} that the menu names" for n in range(40)),
        {"text": "The authority has fined the search engine 150 million over its cookie banner and its privacy."},
    ),
    "a video page with a cookie banner in its page": (
        "Watch: the harbour opens",
        "\n".join(f"Story number {n} that the menu names" for n in range(40)) + "\nWe value your privacy\nAccept all",
        {"text": ""},
    ),
    "a brief about a page that was not found": (
        "Page not found: how a typo took the city's site down",
        f"{SHORT}\nVisitors read that the page was not found.",
        {},
    ),
    "a brief whose title names an error beside more": (
        "404 – the area code that everybody wants to have again",
        SHORT,
        {},
    ),
    "an essay called after the error": ("404 Not Found", PROSE, {}),
    "a story called after the error that says that it is one": (
        "Page Not Found | The Paper",
        SHORT + SHORT,
        {"ld_types": {"NewsArticle"}},
    ),
    "a review of a film called Access Denied": ("Access Denied | The Paper", PROSE, {}),
    "a brief about a challenge": (
        "Outage leaves readers before a locked door",
        f"""{SHORT}
        Readers of many sites saw the words "Verify you are human" for an hour, and could not go on.
        Cloudflare said that a change to its network had been undone. Its Ray ID is printed on such pages.""",
        {},
    ),
    "a brief about a robot": ("Are you a robot? | The Paper", PROSE, {}),
    "a brief about paywalls": (
        "Paper takes its paywall down",
        f"""{SHORT}
        The words "Subscribe to continue reading" will be gone from Monday, its editor said.""",
        {},
    ),
    "a long story with a gate hidden in its page": (
        "Harbour opens",
        f"{PROSE}\nSubscribe to continue reading\nThis article is for subscribers",
        {},
    ),
    "a brief that asks for a log-in to comment": (
        "Harbour opens",
        f"{SHORT}\nYou must be logged in to post a comment.\nPlease log in to comment",
        {"text": SHORT},
    ),
    "a German brief that asks for a log-in to comment": (
        "Hafen offen",
        f"{SHORT}\nBitte melden Sie sich an, um diesen Artikel zu kommentieren.",
        {"text": SHORT},
    ),
    "a brief that says that it is free beside an offer": (
        "Harbour opens",
        f"{SHORT}\nSubscribe to read more stories like this",
        {"text": SHORT, "accessible_for_free": True},
    ),
    "a long story that says that it is not free": ("Harbour opens", PROSE, {"accessible_for_free": False}),
    "a story with a subscription box": (
        "Harbour opens",
        f"{SHORT * 3}\nSubscribe to our newsletter\nSubscribe\nAlready a subscriber? Log in",
        {},
    ),
    "a story about logging in": ("Log in to your life: a psychologist's advice", PROSE, {}),
    "a Japanese story of few but dense characters": ("港が再開", "港は月曜日に再開された。" * 60, {}),
    "a Chinese story about pages that are not found": (
        "页面不存在的背后",
        "港口于星期一重新开放，市长感谢工人。" * 40,
        {},
    ),
    "a Russian brief that quotes a consent form": (
        "Суд оштрафовал сайт",
        f"{SHORT}\n«Мы ценим вашу конфиденциальность» – так начиналось объявление, которое суд счел обманом.",
        {},
    ),
    "a page without anything": ("The Paper", "The Paper", {"text": "", "lines": []}),
}


@pytest.mark.parametrize("shown", CONSENT.values(), ids=CONSENT)
def test_a_consent_form_is_a_wall(shown: str) -> None:
    found = kind_of(page(shown))
    assert (found.kind, found.wall) == (PageKind.WALL, "consent")
    assert found.reason


@pytest.mark.parametrize("shown", CHALLENGE.values(), ids=CHALLENGE)
def test_a_challenge_is_a_wall(shown: str) -> None:
    assert kind_of(page(shown)).wall == "challenge"


@pytest.mark.parametrize(("wall", "gate"), GATES.values(), ids=GATES)
def test_the_stub_before_a_gate_is_a_wall(wall: str, gate: str) -> None:
    beside = page(f"Harbour opens\nHarbour opens\n{LEAD}\n{gate}", text=LEAD)
    inside = page(f"Harbour opens\nHarbour opens\n{LEAD}\n{gate}", text=f"{LEAD}\n\n{gate}")
    assert (kind_of(beside).wall, kind_of(inside).wall) == (wall, wall)
    assert kind_of(inside).paywalled is True


@pytest.mark.parametrize("title", NOT_FOUND)
def test_a_page_titled_not_found_is_a_wall_whatever_its_status(title: str) -> None:
    found = kind_of(page(f"{title}\nHome\nNews\nSorry, we looked everywhere, but there is nothing under this address."))
    assert (found.wall, title in found.reason) == ("not found", True)


@pytest.mark.parametrize(("title", "body", "more"), STORIES.values(), ids=STORIES)
def test_a_story_is_no_wall_whatever_it_is_about(title: str, body: str, more: dict[str, object]) -> None:
    assert find_wall(page(f"{title}\n{body}", **more)) is None


@pytest.mark.parametrize(
    ("final_url", "wall"),
    [
        ("https://consent.yahoo.com/v2/collectConsent?sessionId=1", "consent"),
        ("https://myprivacy.dpgmedia.nl/consent?siteKey=1", "consent"),
        ("https://geo.captcha-delivery.com/captcha/?cid=1", "challenge"),
        ("https://paper.example/login?next=/2026/03/30/harbour-opens", "login"),
        ("https://www.paper.example/2026/03/30/harbour-opens", None),
        ("https://paper.example/news/login-page-redesigned", None),
    ],
)
def test_an_address_that_leads_to_a_wall_tells_it(final_url: str, wall: str | None) -> None:
    found = find_wall(page(f"Harbour opens\n{SHORT}", final_url=final_url))
    assert (found[0] if found else None) == wall


def test_a_consent_form_that_names_hundreds_of_purposes_is_told_by_its_title() -> None:
    purposes = "\n".join(f"Partner {n} may store cookies and process your personal data for ads." for n in range(60))
    shown = f"Before you continue\nBefore you continue to our site\n{purposes}\nAccept all"
    assert kind_of(page(shown)).wall == "consent"


def test_what_is_left_of_a_story_that_is_not_free_is_a_stub() -> None:
    assert kind_of(page(f"Harbour opens\n{SHORT}", accessible_for_free=False)).wall == "paywall"
