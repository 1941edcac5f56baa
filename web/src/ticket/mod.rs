//! What a ticket is shown as: squares to scan, an entry in a calendar, paper.

pub mod calendar;
pub mod code;
pub mod paper;
pub mod squares;
