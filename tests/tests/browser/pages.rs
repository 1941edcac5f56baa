//! The pages of the site. A new page is added in [`prepare`], or where those who work at cinemas
//! see it in [`crate::work`], and is checked from then on.

use tests::{Person, TestCluster};

use crate::browser::Browser;
use crate::door;
use crate::people;
use crate::programme::Programme;

/// The customer who looks, with the password of everybody.
const CUSTOMER: &str = "visitor";

/// A page to look at.
#[derive(Debug, Clone)]
pub struct Page {
    /// For messages and names of files.
    pub name: &'static str,
    /// Path and query.
    pub place: String,
    /// Who looks.
    pub who: Who,
    /// What is done on the page before it is looked at.
    pub then: Then,
    /// The HTTP status of what is looked at.
    status: u16,
}

/// Who looks at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Anybody,
    Customer,
    Staff,
    Manager,
    Admin,
}

/// What is done on a page before it is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    Nothing,
    /// Somebody signs in with a wrong password.
    WrongPassword,
    /// Somebody opens an account with a weak one.
    WeakPassword,
    /// Somebody who is not signed in presses to hold what is chosen.
    Hold,
    /// A ticket is shown at the door, and the answer is of a kind.
    Shown {
        code: String,
        kind: &'static str,
    },
}

impl Who {
    /// The name of the account, with the password of everybody; nobody has one.
    pub fn account(self) -> Option<&'static str> {
        match self {
            Self::Anybody => None,
            Self::Customer => Some(CUSTOMER),
            Self::Staff => Some("sam"),
            Self::Manager => Some("mia"),
            // The one that every system of the tests has.
            Self::Admin => Some("chief"),
        }
    }
}

impl Page {
    pub fn of(name: &'static str, place: impl Into<String>) -> Self {
        Self { name, place: place.into(), who: Who::Anybody, then: Then::Nothing, status: 200 }
    }

    pub fn seen_by(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    pub fn then(mut self, then: Then) -> Self {
        self.then = then;
        self.with_status(400)
    }

    /// A ticket is shown there, as the page's module does it.
    pub fn shown(mut self, code: &str, kind: &'static str) -> Self {
        self.then = Then::Shown { code: code.to_owned(), kind };
        self
    }

    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Opens it.
    pub async fn open(&self, browser: &Browser) {
        browser.open(&self.place).await;
        match &self.then {
            Then::Nothing => {}
            Then::Shown { code, kind } => door::show(browser, code, kind).await,
            Then::WrongPassword => people::try_to_sign_in(browser, "nobody", "not the password").await,
            Then::Hold => browser.follow("#hold-button").await,
            Then::WeakPassword => people::try_to_register(browser, "somebody", "12345678").await,
        }
        let status = "return performance.getEntriesByType('navigation')[0].responseStatus";
        assert_eq!(browser.run(status, &[]).await, self.status, "{}: {}", self.name, self.place);
    }
}

/// Has everything be there that pages show, and names every page, those first that anybody sees.
pub async fn prepare(cluster: &TestCluster) -> Vec<Page> {
    let programme = Programme::plan(cluster).await;
    let screening = programme.screening;
    let customer = Person::register(cluster.client(), CUSTOMER).await;
    let open = customer.buy(screening, &["A1", "A2"]).await.unwrap().order_id;
    let declined = customer.buy(screening, &["A5", "A6"]).await.unwrap().order_id;
    customer.pay(declined, "card_declined").await.unwrap_err();
    let paid = customer.buy_and_pay(screening, &["D1", "D2"]).await.order_id;
    let back = customer.buy_and_pay(screening, &["D5", "D6"]).await.order_id;
    customer.refund(back, &["D5"]).await.unwrap();
    let over = customer.buy(screening, &["C7", "C8"]).await.unwrap().order_id;
    customer.cancel(over).await.unwrap();

    let film = format!("/films/{}", programme.amelie);
    let hall = format!("/screenings/{screening}");
    let seen = |name, place: String| Page::of(name, place).seen_by(Who::Customer);
    vec![
        Page::of("start", programme.first()),
        Page::of("start_empty", "/?q=no-such-film"),
        Page::of("film", film),
        Page::of("hall", &*hall),
        Page::of("hall_chosen", format!("{hall}?seats=B1,B2&types=adult,child")),
        // A seat is left alone: there is advice.
        Page::of("hall_alone", format!("{hall}?seats=B2,B3&types=adult,adult")),
        Page::of("hall_best", format!("{hall}?best=4")),
        Page::of("login", "/login"),
        Page::of("login_wrong", "/login").then(Then::WrongPassword),
        Page::of("login_holds", format!("{hall}?seats=B1,B2&types=adult,child"))
            .then(Then::Hold)
            .with_status(200),
        Page::of("register", "/register"),
        Page::of("register_weak", "/register").then(Then::WeakPassword),
        Page::of("not_found", "/films/999999999").with_status(404),
        Page::of("nowhere", "/no/such/page").with_status(404),
        seen("start_signed_in", programme.first()),
        seen("hall_signed_in", hall),
        seen("orders", "/orders".to_owned()),
        seen("order_open", format!("/orders/{open}")),
        seen("order_declined", format!("/orders/{declined}")),
        seen("order_paid", format!("/orders/{paid}")),
        seen("order_partly_refunded", format!("/orders/{back}")),
        seen("order_cancelled", format!("/orders/{over}")),
        seen("refund", format!("/orders/{paid}/refund")),
        seen("account", "/account".to_owned()),
    ]
}
