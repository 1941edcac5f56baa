//! The seats a visitor has chosen, and for whom, as forms and addresses carry them.

use contract::film::TicketType;

use super::Hall;

/// Seats of one order at most, as `order.Buy` takes them.
pub const MOST_SEATS: usize = 20;
/// Longest name of a seat, bytes.
const NAME_MAX: usize = 128;

/// Chosen seats and the ticket for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice(pub Vec<(String, TicketType)>);

impl Choice {
    /// From the fields of a form or an address: `seats=F12,F13&types=adult,child`, or `seat=F12`
    /// for each seat and `type.F12=child`. What is there twice or too often is left out.
    pub fn read(fields: &[(String, String)]) -> Self {
        let of = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value);
        let types: Vec<&str> = of("types").split(',').collect();
        let listed = of("seats").split(',').enumerate();
        let listed = listed.map(|(index, seat)| (seat, types.get(index).copied().unwrap_or_default()));
        let ticked = fields.iter().filter(|(name, _)| name == "seat").map(|(_, seat)| (seat.as_str(), ""));
        let mut choice = Self::default();
        for (seat, ticket) in listed.chain(ticked) {
            let known = choice.0.iter().any(|(name, _)| name == seat);
            if seat.is_empty() || seat.len() > NAME_MAX || known || choice.0.len() == MOST_SEATS {
                continue;
            }
            let ticket = match of(&format!("type.{seat}")) {
                "" => ticket,
                own => own,
            };
            choice.0.push((seat.to_owned(), named(ticket)));
        }
        choice
    }

    /// Seats of a hall, with the tickets of another choice in their order.
    pub fn of_seats(hall: &Hall, seats: &[usize], tickets: &Self) -> Self {
        let ticket = |index: usize| tickets.0.get(index).map_or(TicketType::Adult, |(_, ticket)| *ticket);
        let names = hall.names(seats.iter().copied()).into_iter().enumerate();
        Self(names.map(|(index, name)| (name, ticket(index))).take(MOST_SEATS).collect())
    }

    /// The seats, those there are in a hall.
    pub fn seats<'a>(&'a self, hall: &'a Hall) -> impl Iterator<Item = usize> + 'a {
        self.0.iter().filter_map(|(name, _)| hall.find(name))
    }

    /// The names of the seats.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The names in one order however they were chosen: for telling whether two choices are one.
    pub fn sorted(&self) -> String {
        let mut names = self.names();
        names.sort_unstable();
        names.join(",")
    }

    /// Both as they stand in an address.
    pub fn fields(&self) -> [(&'static str, String); 2] {
        let types: Vec<&str> = self.0.iter().map(|(_, ticket)| name(*ticket)).collect();
        [("seats", self.names().join(",")), ("types", types.join(","))]
    }
}

/// What forms and texts call a kind of ticket.
pub fn name(ticket: TicketType) -> &'static str {
    match ticket {
        TicketType::Child => "child",
        TicketType::Student => "student",
        TicketType::Senior => "senior",
        TicketType::Adult | TicketType::Unspecified => "adult",
    }
}

fn named(name: &str) -> TicketType {
    match name {
        "child" => TicketType::Child,
        "student" => TicketType::Student,
        "senior" => TicketType::Senior,
        _ => TicketType::Adult,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Choice {
        let fields: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Choice::read(&fields)
    }

    #[test]
    fn an_address_and_a_form_say_the_same() {
        let choice =
            Choice(vec![("F12".to_owned(), TicketType::Adult), ("F13".to_owned(), TicketType::Child)]);
        assert_eq!(read("seats=F12,F13&types=adult,child"), choice);
        assert_eq!(read("seat=F12&type.F12=adult&seat=F13&type.F13=child&seat=F12"), choice);
        assert_eq!(read("seats=F12&seat=F13&type.F13=child&type.G1=senior"), choice);
        let [seats, types] = choice.fields();
        assert_eq!(read(&format!("{}={}&{}={}", seats.0, seats.1, types.0, types.1)), choice);
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        assert_eq!(read("seats=,,&types=child,,x&seat="), Choice::default());
        assert_eq!(read("seats=F1&types=pope").0, [("F1".to_owned(), TicketType::Adult)]);
        let many: Vec<String> = (0..50).map(|seat| format!("A{seat}")).collect();
        assert_eq!(read(&format!("seats={}", many.join(","))).0.len(), MOST_SEATS);
    }
}
