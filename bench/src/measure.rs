//! What can be measured, what each measure is compared with, and the targets.

use clap::ValueEnum;

/// A measure that runs under load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Measure {
    /// An empty call to a bare gRPC server.
    EmptyCall,
    /// The same with an access token among its headers, which nobody looks at.
    SignedCall,
    /// A JSON body read and written by a bare HTTP server.
    JsonEcho,
    /// Buy over gRPC: 2 seats, all free, durable before the answer.
    Buy,
    /// Buy over gRPC of seats that are gone.
    SeatsGone,
    /// The same Buy over gRPC through the gateway.
    BuyGateway,
    /// The same Buy as JSON over HTTP/1.1 through the gateway.
    BuyHttp,
    /// The same Buy over gRPC with many orders already stored.
    BuyAmongMany,
    /// The same Buy over gRPC with traces recorded, and none kept.
    BuyRecorded,
    /// The same Buy over gRPC with all traces sent to SkyWalking.
    BuySkywalking,
    /// The same Buy over gRPC with all traces sent by OTLP.
    BuyOtlp,
    /// Pay over gRPC, the sandbox's answer included.
    Pay,
    /// The seat map of a hall of 500 seats over gRPC.
    SeatMap,
    /// The same, of one screening that everybody looks at.
    SeatMapOfOne,
}

impl Measure {
    /// All, in the order they take turns.
    pub const ALL: [Self; 14] = [
        Self::EmptyCall,
        Self::SignedCall,
        Self::Buy,
        // Beside each other, so that what the machine does meanwhile hits them alike.
        Self::BuyRecorded,
        Self::BuySkywalking,
        Self::BuyOtlp,
        Self::SeatsGone,
        Self::BuyAmongMany,
        Self::BuyGateway,
        Self::JsonEcho,
        Self::BuyHttp,
        Self::Pay,
        Self::SeatMap,
        Self::SeatMapOfOne,
    ];

    /// What people read.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::EmptyCall => "empty gRPC call, bare tonic server",
            Self::SignedCall => "empty gRPC call with an access token, bare tonic server",
            Self::JsonEcho => "JSON echo, bare axum server",
            Self::Buy => "durable Buy, 2 free seats, gRPC",
            Self::SeatsGone => "Buy of seats that are gone, gRPC",
            Self::BuyGateway => "durable Buy, 2 free seats, gRPC through the gateway",
            Self::BuyHttp => "durable Buy, 2 free seats, HTTP/JSON through the gateway",
            Self::BuyAmongMany => "durable Buy, 2 free seats, gRPC, many orders stored",
            Self::BuyRecorded => "durable Buy, 2 free seats, gRPC, traces recorded and none kept",
            Self::BuySkywalking => "durable Buy, 2 free seats, gRPC, all traces to SkyWalking",
            Self::BuyOtlp => "durable Buy, 2 free seats, gRPC, all traces by OTLP",
            Self::Pay => "Pay, gRPC",
            Self::SeatMap => "seat map of 500 seats, gRPC",
            Self::SeatMapOfOne => "seat map of 500 seats, gRPC, all of one screening",
        }
    }

    /// What it is compared with; the first gives the ratio, the others that one needs or the reader wants.
    #[must_use]
    pub fn ceilings(self) -> &'static [Self] {
        match self {
            Self::EmptyCall | Self::JsonEcho => &[],
            Self::SignedCall | Self::Buy | Self::SeatsGone | Self::SeatMap => &[Self::EmptyCall],
            Self::SeatMapOfOne => &[Self::SeatMap, Self::EmptyCall],
            Self::BuyHttp => &[Self::Buy, Self::EmptyCall, Self::JsonEcho],
            // Orders are paid that Buy has made.
            Self::Pay => &[Self::Buy, Self::EmptyCall],
            Self::BuyGateway
            | Self::BuyAmongMany
            | Self::BuyRecorded
            | Self::BuySkywalking
            | Self::BuyOtlp => &[Self::Buy, Self::EmptyCall],
        }
    }

    /// Whether the system makes traces meanwhile.
    #[must_use]
    pub fn is_traced(self) -> bool {
        matches!(self, Self::BuyRecorded | Self::BuySkywalking | Self::BuyOtlp)
    }

    /// The ratio to reach, where there is a target.
    #[must_use]
    pub fn target(self) -> Option<f64> {
        match self {
            Self::Buy | Self::BuyHttp => Some(0.6),
            Self::SeatsGone => Some(0.9),
            Self::BuyAmongMany => Some(0.8),
            Self::BuySkywalking | Self::BuyOtlp => Some(0.85),
            Self::EmptyCall
            | Self::SignedCall
            | Self::JsonEcho
            | Self::BuyGateway
            | Self::BuyRecorded
            | Self::Pay
            | Self::SeatMap
            | Self::SeatMapOfOne => None,
        }
    }
}
