use proptest::prelude::*;

use super::*;

const START: i64 = 100 * 24 * 60 * MS_PER_MINUTE;
const LONG_BEFORE: i64 = START - 48 * 60 * MS_PER_MINUTE;

fn ticket(seat: &'static str, price: i64, state: TicketState) -> RefundTicket<'static> {
    let refund_id = (state == TicketState::Void).then_some(900);
    RefundTicket { seat, partner: None, price, state, refund_id }
}

fn couple() -> Vec<RefundTicket<'static>> {
    let mut tickets = vec![
        ticket("B1", 1500, TicketState::Valid),
        ticket("B2", 1500, TicketState::Valid),
        ticket("A1", 1000, TicketState::Valid),
    ];
    tickets[0].partner = Some("B2");
    tickets[1].partner = Some("B1");
    tickets
}

fn names(seats: &[&str]) -> Vec<String> {
    seats.iter().map(|seat| (*seat).to_owned()).collect()
}

fn ask(now: i64, tickets: &[RefundTicket<'_>], seats: &[&str]) -> Result<RefundDecision, RefundRefused> {
    decide(&RefundRules::default(), START, now, OrderState::Paid, tickets, &names(seats))
}

#[test]
fn the_fee_steps_up_towards_the_start() {
    let percent = |minutes: i64| RefundRules::default().fee_percent(START, START - minutes * MS_PER_MINUTE);
    assert_eq!(percent(24 * 60), Some(0));
    assert_eq!(percent(24 * 60 - 1), Some(10));
    assert_eq!(percent(120), Some(10));
    assert_eq!(percent(119), Some(30));
    assert_eq!(percent(30), Some(30));
    assert_eq!(percent(29), None);
    assert_eq!(percent(-5), None);
    assert_eq!(RefundRules::default().fee_percent(START, START - 30 * MS_PER_MINUTE + 1), None);
}

#[test]
fn fees_round_half_up_and_stay_within_the_price() {
    assert_eq!(fee(1005, 10), 101);
    assert_eq!(fee(1004, 10), 100);
    assert_eq!(fee(1, 50), 1);
    assert_eq!(fee(999, 100), 999);
    assert_eq!(fee(0, 100), 0);
    assert_eq!(fee(i64::MAX, 100), i64::MAX);
}

#[test]
fn some_seats_or_all_that_are_left() {
    let tickets = couple();
    let some = RefundDecision::New(Quote { tickets: vec![2], amount: 1000, fee: 0, everything: false });
    assert_eq!(ask(LONG_BEFORE, &tickets, &["A1", "A1"]), Ok(some));
    let all = Quote { tickets: vec![0, 1, 2], amount: 3600, fee: 400, everything: true };
    assert_eq!(ask(START - 200 * MS_PER_MINUTE, &tickets, &[]), Ok(RefundDecision::New(all)));
    let mut left = couple();
    left[2] = ticket("A1", 1000, TicketState::Void);
    let rest = Quote { tickets: vec![0, 1], amount: 3000, fee: 0, everything: true };
    assert_eq!(ask(LONG_BEFORE, &left, &[]), Ok(RefundDecision::New(rest)));
}

#[test]
fn what_was_given_back_is_told_again_even_when_it_is_too_late() {
    let tickets = [ticket("A1", 1000, TicketState::Void), ticket("A2", 1000, TicketState::Valid)];
    let repeat = Ok(RefundDecision::Repeat { refund_id: 900 });
    assert_eq!(ask(LONG_BEFORE, &tickets, &["A1"]), repeat);
    assert_eq!(ask(START, &tickets, &["A1"]), repeat);
    assert_eq!(ask(START, &tickets[..1], &[]), repeat);
}

#[test]
fn refusals_name_the_seats() {
    let mut tickets = couple();
    assert_eq!(
        ask(LONG_BEFORE, &tickets, &["A1", "Z1", "Z2"]),
        Err(RefundRefused::SeatNotInOrder(names(&["Z1", "Z2"])))
    );
    assert_eq!(
        ask(LONG_BEFORE, &tickets, &["B2", "A1"]),
        Err(RefundRefused::CoupleSeatSplit(names(&["B2"])))
    );
    assert!(ask(LONG_BEFORE, &tickets, &["B2", "B1"]).is_ok());
    tickets[2].state = TicketState::Used;
    assert_eq!(ask(LONG_BEFORE, &tickets, &[]), Err(RefundRefused::TicketUsed(names(&["A1"]))));
    assert_eq!(ask(START, &couple(), &[]), Err(RefundRefused::TooLate));
}

#[test]
fn only_paid_orders_are_given_back() {
    for state in [OrderState::Pending, OrderState::Cancelled, OrderState::Expired, OrderState::Unspecified] {
        let result = decide(&RefundRules::default(), START, LONG_BEFORE, state, &couple(), &[]);
        assert_eq!(result, Err(RefundRefused::OrderNotPaid));
    }
    assert_eq!(ask(LONG_BEFORE, &[], &[]), Err(RefundRefused::OrderNotPaid));
}

#[test]
fn a_cancelled_screening_gives_back_everything_without_a_fee() {
    let mut tickets = couple();
    tickets[1].state = TicketState::Used;
    tickets[2] = ticket("A1", 1000, TicketState::Void);
    let quote = in_full(&tickets);
    assert_eq!(quote, Some(Quote { tickets: vec![0, 1], amount: 3000, fee: 0, everything: true }));
    assert_eq!(in_full(&tickets[2..]), None);
}

#[test]
fn rules_are_checked() {
    let rule = |minutes_before, fee_percent| RefundRule { minutes_before, fee_percent };
    assert_eq!(RefundRules::new(vec![rule(10, 101)]), Err(RulesInvalid::Percent(101)));
    assert_eq!(RefundRules::new(vec![rule(10, 1), rule(10, 2)]), Err(RulesInvalid::Order));
    assert_eq!(RefundRules::new(vec![rule(0, 1); 17]), Err(RulesInvalid::TooMany(17)));
    let read: RefundRules = serde_json::from_str(r#"[{"minutes_before": 60, "fee_percent": 5}]"#).unwrap();
    assert_eq!(read.fee_percent(START, START - 60 * MS_PER_MINUTE), Some(5));
    assert!(serde_json::from_str::<RefundRules>(r#"[{"minutes_before": 1, "fee_percent": 200}]"#).is_err());
    let reason = RefundReason::PaidTooLate;
    assert_eq!(RefundReason::parse(reason.as_str()), Some(reason));
}

proptest! {
    #[test]
    fn a_fee_is_a_part_of_the_price(price in 0..=i64::MAX, percent in 0..=100u8) {
        let kept = fee(price, percent);
        prop_assert!((0..=price).contains(&kept));
        prop_assert!((i128::from(kept) * 100 - i128::from(price) * i128::from(percent)).abs() <= 50);
    }

    /// Amount and fee of whatever is given back add up to what was paid for it.
    #[test]
    fn a_quote_adds_up(
        prices in prop::collection::vec((0..100_000i64, 0..2usize), 1..12),
        asked in prop::collection::vec(0..12usize, 0..4),
        minutes in 0..3000i64,
    ) {
        let seats: Vec<String> = (0..prices.len()).map(|number| format!("A{number}")).collect();
        let states = [TicketState::Valid, TicketState::Void];
        let tickets: Vec<RefundTicket<'_>> = prices
            .iter()
            .zip(&seats)
            .map(|((price, state), seat)| RefundTicket {
                seat,
                partner: None,
                price: *price,
                state: states[*state],
                refund_id: (*state == 1).then_some(1),
            })
            .collect();
        let asked: Vec<String> =
            asked.into_iter().filter_map(|at| seats.get(at).cloned()).collect();
        let now = START - minutes * MS_PER_MINUTE;
        let rules = RefundRules::default();
        if let Ok(RefundDecision::New(quote)) =
            decide(&rules, START, now, OrderState::Paid, &tickets, &asked)
        {
            let worth: i64 = quote.tickets.iter().map(|at| tickets[*at].price).sum();
            prop_assert_eq!(quote.amount + quote.fee, worth);
            prop_assert!(quote.amount >= 0 && quote.fee >= 0);
            prop_assert!(quote.tickets.iter().all(|at| tickets[*at].state == TicketState::Valid));
        }
    }
}
