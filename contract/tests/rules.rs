//! The rules of the proto files hold in the generated checks.
#![allow(clippy::unwrap_used)]

use contract::{Access, METHODS, Validate, film, order};

fn buy(seats: &[&str]) -> order::BuyRequest {
    order::BuyRequest {
        film_sid: 1,
        seats: seats.iter().map(|s| (*s).to_owned()).collect(),
        ..Default::default()
    }
}

#[test]
fn a_purchase_within_the_rules_passes() {
    assert_eq!(buy(&["F12", "F13"]).validate(), Ok(()));
    assert_eq!(buy(&["甲12"]).validate(), Ok(()));
}

#[test]
fn broken_rules_name_their_field() {
    let field = |request: &order::BuyRequest| request.validate().unwrap_err().field;
    assert_eq!(field(&buy(&[])), "seats");
    assert_eq!(field(&buy(&["F12"; 21])), "seats");
    assert_eq!(field(&buy(&["<script>"])), "seats");
    assert_eq!(field(&buy(&[""])), "seats");
    assert_eq!(field(&order::BuyRequest { film_sid: 0, ..buy(&["F1"]) }), "film_sid");
    assert_eq!(field(&order::BuyRequest { film_sid: -4, ..buy(&["F1"]) }), "film_sid");
    assert_eq!(field(&order::BuyRequest { user_id: -1, ..buy(&["F1"]) }), "user_id");
}

#[test]
fn a_text_is_one_that_people_can_read() {
    let film =
        |title: &str| film::CreateFilmRequest { title: title.into(), minutes: 90, ..Default::default() };
    for good in ["Amélie", "霸王别姬", "two\nlines", "\u{5d0}\u{200f}!", "می\u{200c}خواهم"] {
        assert_eq!(film(good).validate(), Ok(()), "{good:?}");
    }
    let code = |title: &str| film(title).validate().unwrap_err();
    for unseen in ["", "\u{200b}", "\u{feff}\u{ad} "] {
        assert_eq!((&*code(unseen).field, code(unseen).code), ("title", "REQUIRED"), "{unseen:?}");
    }
    for (bad, shown) in
        [("a\u{202e}b", "U+202E"), ("\u{2066}x", "U+2066"), ("a\u{fffd}", "\u{fffd}"), ("a\tb", "U+0009")]
    {
        assert_eq!((code(bad).code, &*code(bad).value), ("CHARACTER", shown), "{bad:?}");
    }
}

#[test]
fn nested_fields_and_alternatives_are_checked() {
    let plan = |source| film::CreateHallRequest {
        cinema_id: 1,
        name: "1".into(),
        cleaning_minutes: 0,
        plan: Some(film::PlanSource { source: Some(source) }),
    };
    let drawing = "A ".repeat(200_000);
    let violation = plan(film::plan_source::Source::Drawing(drawing)).validate().unwrap_err();
    assert_eq!(violation.field, "plan.drawing");
    let missing =
        film::CreateHallRequest { plan: None, ..plan(film::plan_source::Source::Drawing("x".into())) };
    assert_eq!(missing.validate().unwrap_err().field, "plan");
    let price = film::Price { category: "x".into(), ticket_type: 99, amount: 1 };
    assert_eq!(price.validate().unwrap_err().field, "ticket_type");
}

#[test]
fn every_method_says_who_may_call_it() {
    let access = |path: &str| METHODS.iter().find(|m| m.path == path).map(|m| m.access);
    assert_eq!(access("/order.OrderService/Buy"), Some(Access::SignedIn));
    assert_eq!(access("/user.UserService/Login"), Some(Access::Public));
    for method in METHODS.iter().filter(|m| m.path.contains("Internal/")) {
        assert_eq!(method.access, Access::Service, "{}", method.path);
    }
    for method in METHODS.iter().filter(|m| !m.path.contains("Internal/")) {
        assert_ne!(method.access, Access::Service, "{}", method.path);
    }
}
