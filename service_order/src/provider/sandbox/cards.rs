//! The test cards: what to expect of each is in `docs/payments.md`.

/// A test card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Card {
    Ok,
    Declined,
    InsufficientFunds,
    Expired,
    Late,
    LateDeclined,
    Twice,
    Timeout,
    RefundFails,
}

/// What the sandbox does when a card is charged for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// Takes the money, answers, and sends that many webhooks.
    Succeed { webhooks: u8 },
    /// Takes the money, and the answer is lost.
    SucceedUnheard,
    /// Refuses.
    Decline,
    /// Answers that it will tell later.
    Later,
}

impl Card {
    const ALL: [(&'static str, Self); 9] = [
        ("card_ok", Self::Ok),
        ("card_declined", Self::Declined),
        ("card_insufficient_funds", Self::InsufficientFunds),
        ("card_expired", Self::Expired),
        ("card_late", Self::Late),
        ("card_late_declined", Self::LateDeclined),
        ("card_twice", Self::Twice),
        ("card_timeout", Self::Timeout),
        ("card_refund_fails", Self::RefundFails),
    ];

    /// The card of a token.
    pub(super) fn parse(token: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == token).map(|(_, card)| *card)
    }

    pub(super) fn plan(self) -> Plan {
        match self {
            Self::Ok | Self::RefundFails => Plan::Succeed { webhooks: 0 },
            Self::Twice => Plan::Succeed { webhooks: 2 },
            Self::Timeout => Plan::SucceedUnheard,
            Self::Declined | Self::InsufficientFunds | Self::Expired => Plan::Decline,
            Self::Late | Self::LateDeclined => Plan::Later,
        }
    }

    /// Why it is declined in the end; empty where it is not.
    pub(super) fn decline_code(self) -> &'static str {
        match self {
            Self::Declined | Self::LateDeclined => "card_declined",
            Self::InsufficientFunds => "insufficient_funds",
            Self::Expired => "card_expired",
            _ => "",
        }
    }

    /// Whether webhooks follow a charge.
    pub(super) fn calls_back(self) -> bool {
        matches!(self, Self::Late | Self::LateDeclined | Self::Twice)
    }
}
