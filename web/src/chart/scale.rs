//! The scale of an axis: round numbers from nothing to a little above the most.

/// Most steps of an axis: more lines are read by nobody.
const STEPS: i64 = 4;

/// A scale that begins at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// From one line to the next: 1, 2 or 5 with zeros.
    step: i64,
    /// The highest line.
    pub top: i64,
}

impl Scale {
    /// The finest scale for values up to `most`.
    pub fn up_to(most: i64) -> Self {
        let step = round_step(most.max(1));
        let steps = most.max(1).saturating_add(step - 1) / step;
        Self { step, top: step.saturating_mul(steps) }
    }

    /// Of per cent.
    pub fn per_cent() -> Self {
        Self { step: 25, top: 100 }
    }

    /// The lines, from 0 upwards.
    pub fn lines(self) -> impl Iterator<Item = i64> {
        (0..=self.top / self.step).map(move |line| line * self.step)
    }
}

/// The smallest round number that reaches `most` in few steps.
fn round_step(most: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for digit in [1, 2, 5] {
            let step = power.saturating_mul(digit);
            if step.saturating_mul(STEPS) >= most {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_round_numbers() {
        for (most, lines) in [
            (0, vec![0, 1]),
            (1, vec![0, 1]),
            (4, vec![0, 1, 2, 3, 4]),
            (5, vec![0, 2, 4, 6]),
            (17, vec![0, 5, 10, 15, 20]),
            (1_200, vec![0, 500, 1_000, 1_500]),
            (99_999, vec![0, 50_000, 100_000]),
        ] {
            assert_eq!(Scale::up_to(most).lines().collect::<Vec<_>>(), lines, "{most}");
        }
        assert_eq!(Scale::per_cent().lines().collect::<Vec<_>>(), [0, 25, 50, 75, 100]);
    }

    proptest! {
        #[test]
        fn every_value_fits_and_most_of_the_room_is_used(most in 1..=i64::MAX / 100) {
            let scale = Scale::up_to(most);
            let lines: Vec<i64> = scale.lines().collect();
            prop_assert!((2..=5).contains(&lines.len()));
            prop_assert_eq!(lines.last(), Some(&scale.top));
            prop_assert!(scale.top >= most && scale.top - scale.step < most);
        }

        #[test]
        fn the_largest_numbers_end_too(most in i64::MIN..=i64::MAX) {
            prop_assert!(Scale::up_to(most).lines().take(10).count() < 10);
        }
    }
}
