//! How cinemas sell: figures, charts, tables and files, as those see them who may.

use serde_json::{Value, json};
use tests::person::PASSWORD;
use tests::wait::now_ms;
use tests::{Person, ScreeningPlan, Settings, TestCluster, eventually};

use crate::axe;
use crate::browser::{Browser, PATIENCE};
use crate::look::{Language, Look};
use crate::people;
use crate::programme::Programme;
use crate::stage::play;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// What an English title looks like that a spreadsheet would run.
const FORMULA: &str = "=HYPERLINK(\"http://evil.example\",\"x\")";

/// Two cinemas of one manager with a currency each, and one that is not theirs; something was
/// sold in all of them today.
struct World {
    programme: Programme,
    shanghai: i64,
    elsewhere: i64,
    film_elsewhere: i64,
    order_elsewhere: i64,
    customer: Person,
    /// The day on which the first screenings begin, as clocks at the cinemas show it.
    day: String,
}

impl World {
    async fn new(cluster: &TestCluster) -> Self {
        let admin = cluster.admin().await;
        let programme = Programme::plan(cluster).await;
        let found: Value = cluster.client().get("/v1/screenings?page_size=100").await.ok();
        let imax =
            found["screenings"].as_array().unwrap().iter().find(|one| one["format"] == "IMAX").unwrap();
        let (shanghai, earth) = (imax["cinema_id"].as_i64().unwrap(), imax["film_id"].as_i64().unwrap());
        let elsewhere = cluster.screening(&ScreeningPlan::rows(1, 8)).await;
        for cinema_id in [programme.utrecht, shanghai, elsewhere.cinema_id] {
            let zone = json!({ "time_zone": midday() });
            change(admin, &format!("/v1/cinemas/{cinema_id}"), &zone).await;
        }
        change(admin, &format!("/v1/films/{earth}"), &json!({ "titles": { "en": FORMULA } })).await;
        let customer = cluster.customer().await;
        customer.buy_and_pay(programme.screening, &["A1", "A2"]).await;
        let back = customer.buy_and_pay(programme.screening, &["D1", "D2"]).await;
        customer.refund(back.order_id, &["D1"]).await.unwrap();
        customer.buy_and_pay(imax["film_sid"].as_i64().unwrap(), &["B1", "B2", "B3"]).await;
        let order_elsewhere = customer.buy_and_pay(elsewhere.film_sid, &["A1"]).await.order_id;
        // Held, and not sold.
        customer.buy(programme.screening, &["C1"]).await.unwrap();
        let found: Value = cluster.client().get("/v1/screenings?page_size=100").await.ok();
        let screenings = found["screenings"].as_array().unwrap();
        let first = screenings.iter().find(|one| one["film_sid"] == programme.screening).unwrap();
        let day = first["starts_local"].as_str().unwrap()[..10].to_owned();
        Self {
            programme,
            shanghai,
            elsewhere: elsewhere.cinema_id,
            film_elsewhere: elsewhere.film_sid,
            order_elsewhere,
            customer,
            day,
        }
    }
}

/// A time zone where it is the middle of a day, so that no test runs over midnight there, and
/// where what begins at twelve and at four in Greenwich begins on one day.
fn midday() -> String {
    let hour = |greenwich: i64, ahead: i64| (greenwich + ahead).rem_euclid(24);
    let from_noon = |ahead: &i64| (hour(now_ms() / HOUR_MS, *ahead) - 12).abs();
    let ahead = (-11..=12).filter(|ahead| hour(12, *ahead) < 20).min_by_key(from_noon).unwrap();
    // The names say how far to go to reach UTC.
    format!("Etc/GMT{:+}", -ahead).replace("+0", "")
}

async fn change(admin: &Person, path: &str, body: &Value) {
    let _: Value = admin.client.send(admin.request("PATCH", path, Some(body))).await.ok();
}

async fn with_role(cluster: &TestCluster, role: &str, cinema_ids: &[i64]) -> Person {
    let person = cluster.customer().await;
    let roles = json!({ "roles": [role], "cinema_ids": cinema_ids });
    let path = format!("/v1/users/{}/roles", person.user_id);
    let _: Value =
        cluster.client().send(cluster.admin().await.request("PUT", &path, Some(&roles))).await.ok();
    Person::sign_in(cluster.client(), &person.name, PASSWORD).await
}

/// What a figure says: its values, without what is told of them.
async fn figure(browser: &Browser, name: &str) -> Vec<String> {
    browser.texts(&format!("[data-figure={name}] .value")).await
}

/// The rows of a part's table.
async fn table(browser: &Browser, part: &str) -> Vec<Vec<String>> {
    let script = "return [...document.querySelectorAll(`#by-${arguments[0]} tbody tr`)]
        .map((row) => [...row.cells].map((cell) => cell.textContent.trim()))";
    serde_json::from_value(browser.run(script, &[part.into()]).await).unwrap()
}

/// A file as it is sent: its name, and its lines after the mark of UTF-8.
async fn file(browser: &Browser, part: &str) -> (String, Vec<String>) {
    let script = "
        const answer = await fetch(document.querySelector(`#by-${arguments[0]} a[download]`).href);
        const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await answer.arrayBuffer());
        return [answer.headers.get('content-disposition'), answer.headers.get('content-type'), text];";
    let script = format!("return (async (...arguments) => {{ {script} }})(...arguments)");
    let got = browser.run(&script, &[part.into()]).await;
    let (named, kind, text): (String, String, String) = serde_json::from_value(got).unwrap();
    assert!(kind.starts_with("text/csv; charset=utf-8"), "{kind}");
    let name = named.strip_prefix("attachment; filename=\"").unwrap().trim_end_matches('"').to_owned();
    let text = text.strip_prefix('\u{feff}').expect("the mark of UTF-8").to_owned();
    let lines = text.strip_suffix("\r\n").unwrap().split("\r\n").map(str::to_owned).collect();
    (name, lines)
}

/// Nobody is kept from using the page, light or dark, and nothing is beside the screen.
async fn is_for_everybody(browser: &Browser) {
    for dark in [false, true] {
        browser.light_or_dark(dark).await;
        let painted = "return matchMedia('(prefers-color-scheme: dark)').matches === arguments[0]
            && document.getAnimations().every((one) => one.playState !== 'running')";
        browser.until("the page has its colours", painted, &[dark.into()]).await;
        let found = axe::findings(browser).await;
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "dark: {dark}, {}\n{}", browser.place().await, told.join("\n"));
    }
    let beside = "const root = document.scrollingElement; return root.scrollWidth - root.clientWidth";
    assert_eq!(browser.run(beside, &[]).await, 0, "{}", browser.place().await);
}

#[tokio::test]
async fn a_manager_reads_figures_charts_and_files() {
    play("sales", Settings::default(), async |stage| {
        let world = World::new(&stage.cluster).await;
        let mine = [world.programme.utrecht, world.shanghai];
        let manager = with_role(&stage.cluster, "MANAGER", &mine).await;
        for look in [Look::desktop(Language::English), Look::phone(Language::Chinese)] {
            let language = look.language;
            let browser = stage.browser(look).await;
            browser.open("/").await;
            people::sign_in(&browser, &manager.name).await;
            browser.follow("a[href='/manage']").await;
            browser.follow("nav a[href='/manage/sales']").await;
            assert_eq!(browser.text("h1").await, language.of("Sales", "销售"));

            // The money of others is not taken for one's own.
            let yuan = |amount: &str| format!("{}{amount}", language.of("CN¥", "¥"));
            // Two adults, and one premium of two: 24.00 and 17.00 of 34.00; three at 12.00 elsewhere.
            assert_eq!(figure(&browser, "revenue").await, [yuan("36.00"), "€41.00".to_owned()]);
            assert_eq!(figure(&browser, "seats").await, ["6"]);
            assert_eq!(figure(&browser, "orders").await, ["3"]);
            assert_eq!(figure(&browser, "refunds").await, [yuan("0.00"), "€17.00".to_owned()]);
            assert_eq!(figure(&browser, "fees").await, [yuan("0.00"), "€0.00".to_owned()]);
            assert_eq!(figure(&browser, "occupancy").await, ["–"], "nothing starts today");
            // Nothing was sold the day before: what there is cannot be told in per cent of it.
            let changes = browser.texts("[data-figure=seats] .change").await;
            assert_eq!(changes, [language.of("before: 0", "之前：0")]);
            let compared = browser.text(".compared").await;
            let until_now = language.of("until the same time.", "截至同一时刻相比。");
            assert!(compared.ends_with(until_now), "{compared}");
            charts_are_drawn(&browser, language).await;

            let films = table(&browser, "film").await;
            let names: Vec<&str> = films.iter().map(|row| &*row[0]).collect();
            assert_eq!(names, [language.of(FORMULA, "流浪地球"), language.of("Amélie", "天使爱美丽")]);
            assert_eq!(films[1][1..], ["EUR", "2", "3", "1", "€58.00", "€17.00", "€0.00", "€41.00"]);
            let cinemas = table(&browser, "cinema").await;
            let names: Vec<&str> = cinemas.iter().map(|row| &*row[0]).collect();
            assert_eq!(names, ["大光明电影院", "Kino Centraal"]);
            files_have_the_same(&browser, language).await;
            is_for_everybody(&browser).await;

            // One cinema, by the day of its screenings.
            browser.choose("select[name=cinema]", &world.programme.utrecht.to_string()).await;
            browser.choose("select[name=basis]", "start").await;
            for field in ["from", "to"] {
                let set = "document.querySelector(`[name=${arguments[0]}]`).value = arguments[1]";
                browser.run(set, &[field.into(), world.day.clone().into()]).await;
            }
            browser.follow("form.filter button").await;
            assert_eq!(figure(&browser, "revenue").await, ["€41.00"]);
            // Two screenings of 32 seats; what is held is not taken.
            assert_eq!(figure(&browser, "occupancy").await, ["4\u{a0}%"]);
            let houses = table(&browser, "occupancy").await;
            let taken: Vec<[&str; 3]> = houses.iter().map(|row| [&*row[5], &*row[6], &*row[7]]).collect();
            assert_eq!(taken, [["3", "32", "9\u{a0}%"], ["0", "32", "0\u{a0}%"]]);
            compares_days(&browser, &world.day).await;
            assert_eq!(browser.run("return document.querySelectorAll('#by-cinema').length", &[]).await, 0);
            is_for_everybody(&browser).await;

            // Each screening, in a table that is open.
            browser.follow(".groups a[href*='group=screening']").await;
            browser.see("#by-screening table").await;
            let (name, lines) = file(&browser, "screening").await;
            assert_eq!(name, format!("sales-by-screening-cinema-{}-{}.csv", mine[0], world.day));
            let title = language.of("Amélie", "天使爱美丽");
            assert!(lines[1].starts_with(&format!("{title},Kino Centraal,1,{},", world.day)), "{lines:?}");
            assert!(lines[1].ends_with(",EUR,2,3,1,58.00,17.00,0.00,41.00"), "{lines:?}");
            browser.quit().await;
        }
    })
    .await;
}

/// What is of one day of screenings is compared with the day before, and the one after with it.
async fn compares_days(browser: &Browser, day: &str) {
    let language = browser.look.language;
    let changes = async |name: &str| browser.texts(&format!("[data-figure={name}] .change")).await;
    assert_eq!(changes("revenue").await, [language.of("before: €0.00", "之前：€0.00")]);
    let place = browser.place().await;
    let next = "return new Date(Date.parse(arguments[0]) + 86400000).toISOString().slice(0, 10)";
    let next = browser.run(next, &[day.into()]).await;
    browser.open(&place.replace(day, next.as_str().unwrap())).await;
    assert_eq!(figure(browser, "revenue").await, ["€0.00"]);
    let gone = language.of("▼ 100\u{a0}% less than €41.00", "▼ 比 €41.00 减少 100%");
    assert_eq!(changes("revenue").await, [gone]);
    let seats = language.of("▼ 100\u{a0}% less than 3", "▼ 比 3 减少 100%");
    assert_eq!(changes("seats").await, [seats]);
    browser.open(&place).await;
}

/// Each is named, told of in words, and as high as what it shows.
async fn charts_are_drawn(browser: &Browser, language: Language) {
    let script = "return [...document.querySelectorAll('svg[role=img]')].map((chart) =>
        chart.getAttribute('aria-labelledby').split(' ').map((id) => document.getElementById(id).textContent))";
    let told: Vec<[String; 2]> = serde_json::from_value(browser.run(script, &[]).await).unwrap();
    let expected = [
        language.of("Revenue in CNY · By hour", "票房收入（CNY，按小时）"),
        language.of("Revenue in EUR · By hour", "票房收入（EUR，按小时）"),
        language.of("Seats sold · By hour", "售出座位（按小时）"),
        language.of("Revenue in CNY · By film", "票房收入（CNY，按影片）"),
        language.of("Revenue in EUR · By film", "票房收入（EUR，按影片）"),
        language.of("Revenue in CNY · By cinema", "票房收入（CNY，按影院）"),
        language.of("Revenue in EUR · By cinema", "票房收入（EUR，按影院）"),
    ];
    assert_eq!(told.iter().map(|[title, _]| &**title).collect::<Vec<_>>(), expected);
    assert!(told[1][1].contains("€41.00"), "{told:?}");
    let film = language.of("Amélie", "天使爱美丽");
    assert!(told[4][1].starts_with(&format!("{film}: €41.00")), "{told:?}");

    let axis = "return [...document.querySelectorAll('#by-day svg')[1].querySelectorAll('.axis')].map((one) => one.textContent)";
    assert_eq!(browser.run(axis, &[]).await, json!(["€0", "€20", "€40", "€60"]));
    // An hour for each; the one of the sale, or two, reach as high as their words say.
    let heights = "
        const svg = document.querySelectorAll('#by-day svg')[2];
        const marks = [...svg.querySelectorAll('.mark')];
        return [marks.length, marks.reduce((sum, one) => sum + one.getBBox().height, 0)]";
    let (hours, height): (usize, f64) = serde_json::from_value(browser.run(heights, &[]).await).unwrap();
    assert_eq!(hours, 24);
    let whole = "const lines = [...document.querySelectorAll('#by-day svg')[2].querySelectorAll('.grid')];
        const ys = lines.map((one) => one.getBBox().y); return Math.max(...ys) - Math.min(...ys)";
    let whole = browser.run(whole, &[]).await.as_f64().unwrap();
    // Six seats on an axis up to six or, in two hours, a smaller one.
    assert!(height > whole * 0.9, "{height} of {whole}");
}

async fn files_have_the_same(browser: &Browser, language: Language) {
    let (name, lines) = file(browser, "film").await;
    let today = browser.run("return document.querySelector('[name=from]').value", &[]).await;
    assert_eq!(name, format!("sales-by-film-{}.csv", today.as_str().unwrap()));
    let formula = format!("\"'{}\"", FORMULA.replace('"', "\"\""));
    let expected = [
        format!("{},CNY,1,3,0,36.00,0.00,0.00,36.00", language.of(&formula, "流浪地球")),
        format!("{},EUR,2,3,1,58.00,17.00,0.00,41.00", language.of("Amélie", "天使爱美丽")),
    ];
    assert_eq!(lines[1..], expected);
    assert!(lines[0].starts_with(language.of("Film,Currency,Orders,", "影片,货币,订单数,")), "{lines:?}");
    let (_, hours) = file(browser, "day").await;
    assert_eq!(hours.len(), 1 + 2 * 24, "each hour, in each currency");
}

#[tokio::test]
async fn today_renews_itself() {
    play("sales_live", Settings::default(), async |stage| {
        let world = World::new(&stage.cluster).await;
        let manager = with_role(&stage.cluster, "MANAGER", &[world.programme.utrecht]).await;
        let browser = stage.browser(Look::desktop(Language::English)).await;
        browser.open("/").await;
        people::sign_in(&browser, &manager.name).await;
        browser.open("/manage/sales").await;
        assert_eq!(figure(&browser, "seats").await, ["3"]);
        browser.press("#by-film summary").await;
        browser.see("#by-film table").await;
        let seats_are = async |seats: &str| {
            let script =
                "return document.querySelector('[data-figure=seats] .value').textContent === arguments[0]";
            browser.until(&format!("{seats} seats are sold"), script, &[seats.into()]).await;
        };
        world.customer.buy_and_pay(world.programme.screening, &["B1", "B2"]).await;
        // Nobody touches the page; what was open stays so, and who listens is told.
        seats_are("5").await;
        browser.see("#by-film table").await;
        assert_eq!(table(&browser, "film").await[0][1..3], ["3", "5"]);
        let focused = "return document.activeElement.matches('#by-film summary')";
        assert_eq!(browser.run(focused, &[]).await, true);
        let said =
            browser.run("return document.querySelector('[role=status][data-said]').textContent", &[]).await;
        assert_eq!(said, "Revenue €65.00, seats sold 5, orders 3.");
        // It can be paused, and goes on at once.
        browser.press("[data-pause]").await;
        assert_eq!(browser.text("[data-pause]").await, "Resume updates");
        world.customer.buy_and_pay(world.programme.screening, &["B3", "B4"]).await;
        assert_eq!(figure(&browser, "seats").await, ["5"]);
        browser.press("[data-pause]").await;
        seats_are("7").await;
        // Other ranges are of the past: they stay as they are, and can be loaded again.
        browser.follow(".ranges a[href*='range=week']").await;
        assert_eq!(figure(&browser, "seats").await, ["7"]);
        browser.see_no("[data-live]").await;
    })
    .await;
}

/// Where a page keeps when it was hidden and seen again, by its own clock.
const WATCH_LOOKS: &str = "window.looks = [];
    document.addEventListener('visibilitychange', () => window.looks.push([document.hidden, performance.now()]))";
/// When a page asked for the figures anew.
const ASKED: &str =
    "performance.getEntriesByType('resource').filter((one) => one.name.includes('/manage/sales/now'))
    .map((one) => one.startTime)";

#[tokio::test]
async fn a_page_that_nobody_sees_asks_for_nothing() {
    play("sales_hidden", Settings::default(), async |stage| {
        let world = World::new(&stage.cluster).await;
        let manager = with_role(&stage.cluster, "MANAGER", &[world.programme.utrecht]).await;
        let look = Look::desktop(Language::English);
        let (browser, other) = (stage.browser(look).await, stage.browser(look).await);
        for browser in [&browser, &other] {
            browser.open("/").await;
            people::sign_in(browser, &manager.name).await;
        }
        browser.open("/manage/sales").await;
        browser.run(WATCH_LOOKS, &[]).await;
        browser.in_sight(false).await;
        // Another one with the same page is looked at, and that one asks.
        other.open("/manage/sales").await;
        for times in 1..=2 {
            let what = format!("the page that is seen has asked {times} times");
            other.until(&what, &format!("return {ASKED}.length >= arguments[0]"), &[times.into()]).await;
        }
        world.customer.buy_and_pay(world.programme.screening, &["B1", "B2"]).await;
        browser.in_sight(true).await;
        // Seen again, it asks at once.
        let again = "return window.looks.length === 2 && document.querySelector('[data-figure=seats] .value').textContent === '5'";
        browser.until("the page is seen again and is up to date", again, &[]).await;
        let looks = browser.run("return window.looks", &[]).await;
        let looks: [(bool, f64); 2] = serde_json::from_value(looks).unwrap();
        let asked: Vec<f64> =
            serde_json::from_value(browser.run(&format!("return {ASKED}"), &[]).await).unwrap();
        let [(true, hidden), (false, seen)] = looks else { panic!("{looks:?}") };
        assert!(seen - hidden > 20_000.0, "two rounds of the other page: {looks:?}");
        let unseen: Vec<_> = asked.iter().filter(|at| (hidden..seen).contains(*at)).collect();
        assert!(unseen.is_empty(), "asked while nobody looked: {unseen:?}");
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_their_own_cinemas_alone() {
    play("sales_scope", Settings::default(), async |stage| {
        let world = World::new(&stage.cluster).await;
        let staff = with_role(&stage.cluster, "STAFF", &[world.programme.utrecht]).await;
        let manager = with_role(&stage.cluster, "MANAGER", &[world.programme.utrecht]).await;
        let status = "return fetch(arguments[0]).then((answer) => answer.status)";
        let pages = ["/manage/sales", "/manage/sales/now", "/manage/sales.csv?group=film"];
        let browser = stage.browser(Look::phone(Language::English)).await;
        browser.open("/").await;
        people::sign_in(&browser, &staff.name).await;
        for page in pages {
            assert_eq!(browser.run(status, &[page.into()]).await, 404, "{page}");
        }
        people::sign_out(&browser).await;
        people::sign_in(&browser, &manager.name).await;
        for other in [world.shanghai, world.elsewhere] {
            for page in ["/manage/sales?", "/manage/sales/now?", "/manage/sales.csv?group=film&"] {
                let page = format!("{page}cinema={other}");
                assert_eq!(browser.run(status, &[page.clone().into()]).await, 404, "{page}");
            }
        }
        browser.open("/manage/sales?group=cinema").await;
        assert_eq!(figure(&browser, "revenue").await, ["€41.00"]);
        assert_eq!(table(&browser, "cinema").await.len(), 1);
        // What is no range is told in words, over the form it was typed in.
        for range in ["from=2024-01-01&to=2026-01-01", "from=2026-01-02&to=2026-01-01", "from=soon"] {
            browser.open(&format!("/manage/sales?{range}")).await;
            let told = browser.text("[data-problem]").await;
            assert!(told.contains("400 days at most"), "{told}");
            let csv = format!("/manage/sales.csv?{range}");
            assert_eq!(browser.run(status, &[csv.into()]).await, 400);
        }
        people::sign_out(&browser).await;
        people::sign_in(&browser, &stage.cluster.admin().await.name).await;
        browser.open("/manage/sales?group=cinema&range=week").await;
        assert_eq!(figure(&browser, "revenue").await, ["CN¥36.00", "€53.00"]);
        assert_eq!(table(&browser, "cinema").await.len(), 3);
        // A cinema that has gone out of the programme sold what it sold, and has its name.
        let admin = stage.cluster.admin().await;
        let _: Value =
            admin.post(&format!("/v1/screenings/{}/cancel", world.film_elsewhere), &json!({})).await.ok();
        eventually(PATIENCE, "the order is refunded", async || {
            (world.customer.order(world.order_elsewhere).await.state == "REFUNDED").then_some(())
        })
        .await;
        let _: Value = admin.post(&format!("/v1/cinemas/{}/retire", world.elsewhere), &json!({})).await.ok();
        browser.reload().await;
        assert_eq!(figure(&browser, "revenue").await, ["CN¥36.00", "€41.00"]);
        let cinemas = table(&browser, "cinema").await;
        let gone = cinemas.iter().find(|row| row[0].starts_with("Cinema ")).unwrap();
        assert_eq!(gone[2..], ["EUR", "1", "0", "1", "€12.00", "€12.00", "€0.00", "€0.00"]);
    })
    .await;
}
