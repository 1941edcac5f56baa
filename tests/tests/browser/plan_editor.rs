//! The seating-plan editor: by mouse, by keys, and without scripts.

use serde_json::{Value, json};
use tests::wait::now_ms;
use tests::{Person, Settings, TestCluster};

use crate::axe;
use crate::browser::Browser;
use crate::hall::seat;
use crate::look::{Device, Language, Look};
use crate::people::sign_in;
use crate::programme::Programme;
use crate::stage::{Stage, play};

/// Modifier keys as the DevTools protocol has them.
const CTRL: u8 = 2;
const SHIFT: u8 = 8;
const HOUR_MS: i64 = 60 * 60 * 1000;

/// A manager of the cinema in Utrecht, and its hall.
struct Office {
    programme: Programme,
    hall_id: i64,
}

impl Office {
    async fn open(cluster: &TestCluster) -> Self {
        let programme = Programme::plan(cluster).await;
        let person = Person::register(cluster.client(), "rosalie").await;
        let roles = json!({ "roles": ["MANAGER"], "cinema_ids": [programme.utrecht] });
        let path = format!("/v1/users/{}/roles", person.user_id);
        let given = cluster.client().send(cluster.admin().await.request("PUT", &path, Some(&roles))).await;
        assert_eq!(given.status, 200, "{}", given.text());
        let halls: Value =
            cluster.client().get(&format!("/v1/cinemas/{}/halls", programme.utrecht)).await.ok();
        Self { hall_id: halls["halls"][0]["hall_id"].as_i64().unwrap(), programme }
    }

    fn halls(&self) -> String {
        format!("/manage/cinemas/{}/halls", self.programme.utrecht)
    }

    fn plan(&self) -> String {
        format!("{}/{}/plan", self.halls(), self.hall_id)
    }

    async fn browser(&self, stage: &Stage, look: Look) -> Browser {
        let browser = stage.browser(look).await;
        browser.open("/").await;
        sign_in(&browser, "rosalie").await;
        browser
    }

    /// A screening of Amélie in a hall, planned now.
    async fn screening(&self, cluster: &TestCluster, hours: i64) -> i64 {
        let admin = cluster.admin().await;
        let lists: Value =
            admin.get(&format!("/v1/cinemas/{}/price-lists", self.programme.utrecht)).await.ok();
        let screening = json!({
            "film_id": self.programme.amelie, "hall_id": self.hall_id, "language": "fr", "format": "2D",
            "price_list_id": lists["price_lists"][0]["price_list_id"], "starts_at": now_ms() + hours * HOUR_MS,
        });
        let made: Value = admin.post("/v1/screenings", &screening).await.ok();
        made["film_sid"].as_i64().unwrap()
    }
}

async fn is_live(browser: &Browser) {
    browser.until("the editor is live", "return !!document.querySelector('#editor[data-live]')", &[]).await;
}

/// The seats that are chosen on the map.
async fn chosen(browser: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('#map .seat.chosen')].map((one) => one.dataset.s)";
    serde_json::from_value(browser.run(script, &[]).await).unwrap()
}

/// Presses a key, wherever the focus is, with others held down.
async fn key(browser: &Browser, key: &str, modifiers: u8) {
    for kind in ["rawKeyDown", "keyUp"] {
        let stroke = json!({ "type": kind, "key": key, "modifiers": modifiers });
        browser.devtools("Input.dispatchKeyEvent", &stroke).await;
    }
}

/// The middle of a seat on the screen.
async fn middle(browser: &Browser, name: &str) -> (f64, f64) {
    let script = "
        const node = document.querySelector(arguments[0]);
        document.getElementById('frame').scrollIntoView({ block: 'center', behavior: 'instant' });
        const { left, top, width, height } = node.querySelector('path').getBoundingClientRect();
        return [left + width / 2, top + height / 2];";
    serde_json::from_value(browser.run(script, &[seat(name).into()]).await).unwrap()
}

async fn mouse(browser: &Browser, kind: &str, (x, y): (f64, f64), modifiers: u8) {
    let buttons = i32::from(kind != "mouseReleased");
    let event = json!({
        "type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1, "modifiers": modifiers,
    });
    browser.devtools("Input.dispatchMouseEvent", &event).await;
}

async fn click(browser: &Browser, name: &str, modifiers: u8) {
    let at = middle(browser, name).await;
    for kind in ["mousePressed", "mouseReleased"] {
        mouse(browser, kind, at, modifiers).await;
    }
}

/// Draws a box from one seat to another.
async fn drag(browser: &Browser, from: &str, to: &str) {
    let (from, to) = (middle(browser, from).await, middle(browser, to).await);
    mouse(browser, "mousePressed", from, 0).await;
    for part in [0.2, 0.6, 1.0] {
        let at = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
        mouse(browser, "mouseMoved", at, 0).await;
    }
    mouse(browser, "mouseReleased", to, 0).await;
}

/// Presses a button of the form, and waits for its answer on the page.
async fn act(browser: &Browser, action: &str) {
    let draft = "document.querySelector('[name=json]').value";
    let before = browser.run(&format!("return {draft}"), &[]).await;
    browser.press(&format!("button[name=do][value={action}]")).await;
    let script = format!("return {draft} !== arguments[0] && !document.querySelector('.editor.busy')");
    browser.until(&format!("{action} is done"), &script, &[before]).await;
}

/// Presses a button that changes nothing of the draft, and gives what the page says.
async fn refused(browser: &Browser, action: &str) -> String {
    browser.press(&format!("button[name=do][value={action}]")).await;
    browser.see("#told [data-problem]").await;
    browser.text("#told [data-problem]").await
}

/// The draft, as the button gives it.
async fn exported(browser: &Browser, what: &str) -> String {
    let script = "
        const form = document.getElementById('editor');
        const body = new FormData(form, form.querySelector(`button[value=${arguments[0]}]`));
        return fetch(form.action, { method: 'POST', body }).then((answer) => answer.text());";
    browser.run(script, &[what.into()]).await.as_str().unwrap().to_owned()
}

/// The kind of every seat in a screening's hall, and its category.
async fn sold_as(cluster: &TestCluster, film_sid: i64, name: &str) -> (String, String) {
    let hall: Value = cluster.client().get(&format!("/v1/screenings/{film_sid}/seats")).await.ok();
    let seats = hall["seats"].as_array().unwrap();
    let found = seats.iter().find(|seat| seat["seat"] == name).unwrap_or(&Value::Null);
    let text = |field: &str| found[field].as_str().unwrap_or_default().to_owned();
    (text("kind"), text("category"))
}

#[tokio::test]
async fn a_plan_is_edited_by_mouse_and_keys_and_buyers_see_it() {
    play("plan_editor", Settings::default(), async |stage| {
        let office = Office::open(&stage.cluster).await;
        let browser = office.browser(stage, Look::desktop(Language::English)).await;
        browser.open(&office.halls()).await;
        browser.follow(&format!("main a[href='{}']", office.plan())).await;
        is_live(&browser).await;
        browser.read("The draft is the same as the hall’s plan.").await;

        // By mouse: seats one by one, up to another, a box, a row by its name.
        click(&browser, "B1", 0).await;
        click(&browser, "B3", SHIFT).await;
        assert_eq!(chosen(&browser).await, ["B1", "B2", "B3"]);
        drag(&browser, "A7", "B8").await;
        assert_eq!(chosen(&browser).await, ["A7", "A8", "B7", "B8"]);
        browser.choose("select[name=category]", "Premium").await;
        act(&browser, "category").await;
        assert_eq!(chosen(&browser).await, ["A7", "A8", "B7", "B8"], "what was chosen is chosen still");
        browser.read("4 seats are changed.").await;

        // By keys: from seat to seat, choosing on the way.
        key(&browser, "Escape", 0).await;
        click(&browser, "C1", 0).await;
        key(&browser, "ArrowRight", SHIFT).await;
        assert_eq!(chosen(&browser).await, ["C1", "C2"]);
        browser.choose("select[name=kind]", "couple").await;
        act(&browser, "kind").await;
        click(&browser, "A1", 0).await;
        key(&browser, "Escape", 0).await;
        assert!(chosen(&browser).await.is_empty());
        key(&browser, " ", 0).await;
        assert_eq!(chosen(&browser).await, ["A1"]);
        browser.choose("select[name=kind]", "wheelchair").await;
        act(&browser, "kind").await;
        browser.see(&format!("{}.wheelchair", seat("A1"))).await;
        click(&browser, "D1", 0).await;
        key(&browser, "Escape", 0).await;
        key(&browser, " ", SHIFT).await;
        assert_eq!(chosen(&browser).await.len(), 8);
        key(&browser, "a", CTRL).await;
        assert_eq!(chosen(&browser).await.len(), 32);

        // A step back and forth, and one that is refused.
        key(&browser, "Escape", 0).await;
        click(&browser, "C8", 0).await;
        act(&browser, "remove").await;
        browser.see_no(&seat("C8")).await;
        key(&browser, "z", CTRL).await;
        browser.see(&seat("C8")).await;
        browser.press("#redo").await;
        browser.see_no(&seat("C8")).await;
        browser.press("summary:has(+ .apply)").await;
        assert_eq!(refused(&browser, "name_row").await, "Select seats first.");

        // What is to be mended is said, and found on the map.
        click(&browser, "B1", 0).await;
        browser.choose("select[name=kind]", "couple").await;
        act(&browser, "kind").await;
        browser.read("B1 is half of a couple seat without its other half beside it in the row.").await;
        browser.see(&format!("{}.mend", seat("B1"))).await;
        browser.follow("button[value=save]").await;
        is_live(&browser).await;
        let told = browser.text("#told [data-problem]").await;
        assert!(told.contains("couple"), "{told}");
        browser.press("#found .pick").await;
        assert_eq!(chosen(&browser).await, ["B1"]);
        browser.choose("select[name=kind]", "standard").await;
        act(&browser, "kind").await;
        browser.see("[data-found-nothing]").await;

        // What saving changes is said; the screenings there are keep what they have.
        let told = browser.texts(".changes li").await;
        assert_eq!(told[0], "Removed: C8", "{told:?}");
        assert!(told[1].ends_with("A1, C1, C2") && told[2].ends_with("A7, A8, B7, B8"), "{told:?}");
        browser.read("3 that are to come keep the plan").await;
        let json: Value = serde_json::from_str(&exported(&browser, "pretix").await).unwrap();
        let drawing = exported(&browser, "drawing").await;
        assert!(drawing.contains("\nA: wsss_sspp\nB: ssss_sspp\nC: (ss)ss_sss\n"), "{drawing}");
        browser.follow("button[value=save]").await;
        browser.read("Saved.").await;

        let cluster = &stage.cluster;
        let after = office.screening(cluster, 200).await;
        let (old, new) = (office.programme.screening, after);
        for (name, was, is) in [
            ("A1", ("STANDARD", "Standard"), ("WHEELCHAIR", "Standard")),
            ("C1", ("STANDARD", "Standard"), ("COUPLE_HALF", "Standard")),
            ("A7", ("STANDARD", "Standard"), ("STANDARD", "Premium")),
            ("C8", ("STANDARD", "Standard"), ("", "")),
        ] {
            let words = |(kind, category): (&str, &str)| (kind.to_owned(), category.to_owned());
            assert_eq!(sold_as(cluster, old, name).await, words(was), "{name} of a screening from before");
            assert_eq!(sold_as(cluster, new, name).await, words(is), "{name} of a screening from now on");
        }
        browser.open(&format!("/screenings/{new}")).await;
        browser.see(&format!("{}.wheelchair", seat("A1"))).await;
        browser.see_no(&seat("C8")).await;
        let kept: Value = cluster.admin().await.get(&format!("/v1/halls/{}/plan", office.hall_id)).await.ok();
        let kept: Value = serde_json::from_str(kept["pretix_json"].as_str().unwrap()).unwrap();
        assert_eq!(kept, json, "what was downloaded is what was saved");
    })
    .await;
}

/// Puts a file into the form of a hall, as choosing it does.
async fn upload(browser: &Browser, content: &str) {
    let script = "
        const files = new DataTransfer();
        files.items.add(new File([arguments[0]], 'plan.json', { type: 'application/json' }));
        document.querySelector('input[type=file]').files = files.files;";
    browser.run(script, &[content.into()]).await;
}

#[tokio::test]
async fn a_new_hall_begins_as_straight_rows_and_as_what_was_exported() {
    play("plan_import", Settings::default(), async |stage| {
        let office = Office::open(&stage.cluster).await;
        let browser = office.browser(stage, Look::phone(Language::Chinese)).await;
        let begin = async |name: &str| {
            browser.open(&format!("{}/new", office.halls())).await;
            browser.fill("input[name=name]", name).await;
        };
        begin("二号厅").await;
        browser.fill("input[name=grid_rows]", "18").await;
        browser.fill("input[name=grid_seats]", "30").await;
        browser.fill("input[name=grid_aisles]", "6, 24").await;
        browser.follow("button[value=edit]").await;
        is_live(&browser).await;
        browser.see("[data-for-sale='540']").await;
        // Rows by their text, in the list of which the boxes are ticked.
        browser.fill("#seats", "A, R28-R30").await;
        browser.press("button[value=select]").await;
        browser.see("#chosen[data-count='33']").await;
        assert_eq!(browser.run("return document.querySelectorAll('#rows :checked').length", &[]).await, 33);
        browser.choose("select[name=kind]", "blocked").await;
        act(&browser, "kind").await;
        browser.see("[data-for-sale='507']").await;
        // As buyers see it, and back.
        browser.press("button[value=preview]").await;
        browser.see("#frame[data-preview]").await;
        browser.press("#edit-again").await;
        browser.see_no("#frame[data-preview]").await;
        let json = exported(&browser, "pretix").await;
        browser.follow("button[value=save]").await;
        browser.read("已保存。").await;

        begin("三号厅").await;
        upload(&browser, &json).await;
        browser.follow("button[value=edit]").await;
        is_live(&browser).await;
        assert_eq!(exported(&browser, "pretix").await, json);
        browser.follow("button[value=save]").await;
        browser.read("已保存。").await;
        let halls: Value =
            stage.cluster.client().get(&format!("/v1/cinemas/{}/halls", office.programme.utrecht)).await.ok();
        let halls = halls["halls"].as_array().unwrap();
        assert_eq!(halls.iter().filter(|hall| hall["seats"] == 507).count(), 2, "{halls:?}");
    })
    .await;
}

/// Follows a button of the form; the answer is another page.
async fn send(browser: &Browser, action: &str) {
    browser.follow(&format!("button[name=do][value={action}]")).await;
}

#[tokio::test]
async fn without_scripts_the_form_does_it_all() {
    play("plan_form", Settings::default(), async |stage| {
        let office = Office::open(&stage.cluster).await;
        let browser = office.browser(stage, Look::desktop(Language::English)).await;
        browser.devtools("Network.enable", &json!({})).await;
        browser.devtools("Network.setBlockedURLs", &json!({ "urls": ["*.js"] })).await;
        browser.open(&office.plan()).await;
        browser.fill("#seats", "A1-A2, D").await;
        browser.choose("select[name=kind]", "wheelchair").await;
        send(&browser, "kind").await;
        browser.read("10 seats are changed.").await;
        assert_eq!(chosen(&browser).await.len(), 10);
        // Nothing of what was typed is lost where it is not understood.
        browser.fill("#seats", "Z9").await;
        send(&browser, "category").await;
        assert_eq!(browser.text("[data-problem]").await, "There is no seat, row or zone called Z9.");
        assert_eq!(browser.run("return document.getElementById('seats').value", &[]).await, "Z9");
        // Ticked in the list.
        browser.fill("#seats", "").await;
        browser.press("#list summary").await;
        for tick in ["C1", "C2"] {
            browser.press(&format!("#rows input[value={tick}]")).await;
        }
        browser.choose("select[name=category]", "Premium").await;
        send(&browser, "category").await;
        assert_eq!(chosen(&browser).await, ["C1", "C2"]);
        browser.fill("#seats", "D").await;
        send(&browser, "remove").await;
        browser.see_no(&seat("D1")).await;
        send(&browser, "undo").await;
        browser.see(&format!("{}.wheelchair", seat("D1"))).await;
        browser.fill("#seats", "B").await;
        browser.press("summary:has(+ .apply)").await;
        browser.fill("[name=row_name]", "F").await;
        send(&browser, "name_row").await;
        browser.see(&seat("F8")).await;
        send(&browser, "save").await;
        browser.read("Saved.").await;
        let after = office.screening(&stage.cluster, 200).await;
        assert_eq!(sold_as(&stage.cluster, after, "D1").await.0, "WHEELCHAIR");
        assert_eq!(sold_as(&stage.cluster, after, "F8").await.0, "STANDARD");
        assert_eq!(sold_as(&stage.cluster, after, "C2").await.1, "Premium");
    })
    .await;
}

#[tokio::test]
async fn of_two_managers_the_second_is_told() {
    play("plan_twice", Settings::default(), async |stage| {
        let office = Office::open(&stage.cluster).await;
        let look = Look::desktop(Language::English);
        let (one, other) = (office.browser(stage, look).await, office.browser(stage, look).await);
        for (browser, name) in [(&one, "A1"), (&other, "A2")] {
            browser.open(&office.plan()).await;
            is_live(browser).await;
            click(browser, name, 0).await;
            act(browser, "remove").await;
        }
        one.follow("button[value=save]").await;
        one.read("Saved.").await;
        other.follow("button[value=save]").await;
        other.read("Somebody has saved plan 2 of this hall meanwhile.").await;
        assert_eq!(other.texts(".changes li").await, ["Removed: A2", "New: A1"]);
        is_live(&other).await;
        other.follow("button[value=save]").await;
        other.read("Saved.").await;
    })
    .await;
}

#[tokio::test]
async fn everybody_can_use_the_editor() {
    play("plan_axe", Settings::default(), async |stage| {
        let office = Office::open(&stage.cluster).await;
        for language in Language::ALL {
            for device in Device::ALL {
                let browser = office.browser(stage, Look { language, device }).await;
                browser.open(&office.plan()).await;
                is_live(&browser).await;
                browser.fill("#seats", "A1-A3, C").await;
                browser.choose("select[name=kind]", "couple").await;
                act(&browser, "kind").await;
                browser.see("#found .mend").await;
                browser
                    .run("for (const one of document.querySelectorAll('.plan details')) one.open = true", &[])
                    .await;
                for dark in [false, true] {
                    browser.light_or_dark(dark).await;
                    let found = axe::findings(&browser).await;
                    assert!(
                        found.is_empty(),
                        "{language:?} {device:?} dark {dark}: {}",
                        found.iter().map(ToString::to_string).collect::<String>()
                    );
                }
                let script =
                    "const root = document.scrollingElement; return root.scrollWidth - root.clientWidth";
                assert_eq!(browser.run(script, &[]).await, 0, "{language:?} {device:?}: beside the screen");
                browser.quit().await;
            }
        }
    })
    .await;
}
