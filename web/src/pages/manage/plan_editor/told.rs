//! What the service found and what is different, in words.

use contract::film::plan_finding::What;
use contract::film::{PlanChanges, PlanFinding, PriceList};

use crate::visitor::Visitor;

/// Names of seats that a sentence has at most.
const MOST_NAMED: usize = 30;

/// Something to look at, beside the seats it is about.
pub struct Told {
    pub words: String,
    /// The seats, as the form takes them; may be empty.
    pub seats: String,
    pub must_mend: bool,
}

/// What was found.
pub fn findings(
    visitor: &Visitor,
    findings: &[PlanFinding],
    prices: &[PriceList],
    used: &[String],
) -> Vec<Told> {
    let found = findings.iter().filter_map(|finding| {
        let name = word(finding.what())?;
        let seats = named(visitor, &finding.seats, finding.count);
        let values = [
            ("seats", seats.as_str().into()),
            ("count", finding.count.into()),
            ("category", finding.category.as_str().into()),
        ];
        let words = visitor.language.text_with(name, &values);
        // All seats of the hall need no button to be found by.
        let seats =
            if finding.what() == What::NoneForSale { String::new() } else { finding.seats.join(", ") };
        Some(Told { words, seats, must_mend: finding.must_mend })
    });
    found.chain(unpriced(visitor, prices, used)).collect()
}

fn word(what: What) -> Option<&'static str> {
    Some(match what {
        What::CoupleHalfAlone => "plan-found-couple-half",
        What::NoneForSale => "plan-found-none-for-sale",
        What::SeatsOverlap => "plan-found-overlap",
        What::NumberTwice => "plan-found-number-twice",
        What::NumberMissing => "plan-found-number-missing",
        What::CompanionAlone => "plan-found-companion",
        What::CategoryUnused => "plan-found-category-unused",
        What::Unspecified => return None,
    })
}

/// Categories that a price list of the cinema has no price for: screenings with both are refused.
fn unpriced<'a>(
    visitor: &'a Visitor,
    lists: &'a [PriceList],
    used: &'a [String],
) -> impl Iterator<Item = Told> + 'a {
    let without = move |category: &String| {
        let lists = lists.iter().filter(|list| !list.prices.iter().any(|price| price.category == *category));
        let names: Vec<String> = lists.map(|list| list.name.clone()).collect();
        (!names.is_empty()).then_some(names)
    };
    used.iter().filter_map(move |category| {
        let lists = without(category)?.join(&visitor.language.text("hall-list-separator"));
        let values = [("category", category.as_str().into()), ("lists", lists.as_str().into())];
        let words = visitor.language.text_with("plan-found-unpriced", &values);
        Some(Told { words, seats: String::new(), must_mend: false })
    })
}

/// What saving changes.
pub fn changes(visitor: &Visitor, changes: &PlanChanges) -> Vec<String> {
    let seats = [
        ("plan-change-removed", &changes.removed),
        ("plan-change-added", &changes.added),
        ("plan-change-kind", &changes.kind),
        ("plan-change-category", &changes.category),
        ("plan-change-renamed", &changes.renamed),
        ("plan-change-moved", &changes.moved),
    ];
    let told = seats.into_iter().filter(|(_, seats)| !seats.is_empty()).map(|(name, seats)| {
        let count = i32::try_from(seats.len()).unwrap_or(i32::MAX);
        let named = named(visitor, seats, count);
        visitor.language.text_with(name, &[("seats", named.as_str().into()), ("count", count.into())])
    });
    let wording = changes.wording.then(|| visitor.language.text("plan-change-wording"));
    told.chain(wording).collect()
}

/// `A1, A2, A3 and 14 more`.
fn named(visitor: &Visitor, seats: &[String], count: i32) -> String {
    let some = seats[..seats.len().min(MOST_NAMED)].join(&visitor.language.text("hall-list-separator"));
    let rest = count - i32::try_from(seats.len().min(MOST_NAMED)).unwrap_or_default();
    if rest <= 0 {
        return some;
    }
    visitor.language.text_with("plan-and-more", &[("seats", some.as_str().into()), ("count", rest.into())])
}
