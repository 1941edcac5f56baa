//! The seating plans of the demo, as text drawings.

/// A plan that halls of the demo have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// 62 seats.
    Studio,
    /// 76 seats, most of them sofas for two.
    Lounge,
    /// 98 seats.
    Small,
    /// 160 seats.
    Medium,
    /// 262 seats.
    Wide,
    /// 338 seats with a balcony.
    Large,
    /// 492 seats.
    Great,
}

impl Design {
    /// The drawing.
    #[must_use]
    pub fn drawing(self) -> &'static str {
        match self {
            Self::Studio => include_str!("../../assets/demo/halls/studio.txt"),
            Self::Lounge => include_str!("../../assets/demo/halls/lounge.txt"),
            Self::Small => include_str!("../../assets/demo/halls/small.txt"),
            Self::Medium => include_str!("../../assets/demo/halls/medium.txt"),
            Self::Wide => include_str!("../../assets/demo/halls/wide.txt"),
            Self::Large => include_str!("../../assets/demo/halls/large.txt"),
            Self::Great => include_str!("../../assets/demo/halls/great.txt"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use contract::film::{PlanSource, SeatKind, plan_source::Source};
    use service_film::domain::seating_plan;

    use super::super::chain::CHAIN;
    use super::super::prices;

    #[test]
    fn every_hall_has_60_to_500_seats_that_have_prices() {
        let mut kinds = HashSet::new();
        for hall in CHAIN.iter().flat_map(|cinema| cinema.halls) {
            let source = PlanSource { source: Some(Source::Drawing(hall.design.drawing().to_owned())) };
            let plan =
                seating_plan::import(&source).unwrap_or_else(|error| panic!("{}: {error}", hall.name)).plan;
            assert!((60..=500).contains(&plan.seats_for_sale()), "{}: {}", hall.name, plan.seats_for_sale());
            for category in &plan.categories {
                assert!(prices::CATEGORIES.contains(&category.name.as_str()), "{}", category.name);
                assert!(!category.color.is_empty(), "{}", category.name);
            }
            kinds.extend(plan.seats.iter().map(|seat| seat.kind as i32));
        }
        for kind in [
            SeatKind::Standard,
            SeatKind::Wheelchair,
            SeatKind::Companion,
            SeatKind::CoupleHalf,
            SeatKind::Blocked,
        ] {
            assert!(kinds.contains(&i32::from(kind)), "no hall has {kind:?}");
        }
    }
}
