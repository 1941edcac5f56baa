# How cinemas sell.

sales-title = Sales
sales-range = Range
sales-range-today = Today
sales-range-week = Last 7 days
sales-range-30-days = Last 30 days
sales-range-month = This month
sales-range-about = 400 days at most. Days are those of each cinema’s clock.
sales-basis = By the day
sales-basis-sale = of the sale
sales-basis-start = of the screening
sales-groups = Views
sales-by-overview = Overview
sales-by-hour = By hour
sales-by-day = By day
sales-by-film = By film
sales-by-cinema = By cinema
sales-by-screening = By screening
sales-by-occupancy = Occupancy
sales-figures = All together
sales-revenue = Revenue
sales-seats = Seats sold
sales-orders = Orders
sales-refunds = Refunds
sales-fees = Fees kept
sales-seats-back = Seats given back
sales-captured = Paid
sales-refunded = Refunded
sales-currency = Currency
sales-city = City
sales-hour = Hour
sales-taken = Seats taken
sales-of-paid = of { $amount } paid
sales-mean-seat = { $amount } a seat
sales-mean-order = { $amount } an order
sales-of-sold = { $sold } sold, { $back } given back
sales-seat-count = { $seats ->
    [one] 1 seat
   *[other] { $seats } seats
}
sales-fees-about = of seats given back; part of the revenue
sales-occupancy-of = { $screenings ->
    [one] { $taken } of { $seats } seats, one screening
   *[other] { $taken } of { $seats } seats, { $screenings } screenings
}
sales-occupancy-too-many = Too many screenings to be counted. Choose fewer days, or a cinema.
sales-no-screenings = No screening starts on these days.
sales-occupancy-of-day = How full each screening is
sales-occupancy-first = How full the screenings are: the first { $shown } of { $all }
sales-occupancy-of-days = How full screenings are, per cent
sales-more = { $part }{"\u00A0"}% more than { $before }
sales-less = { $part }{"\u00A0"}% less than { $before }
sales-same = the same as before
sales-about-same = about the same as before
sales-before = before: { $before }
sales-compared = { $count ->
    [one] Compared with the day before, { $first }.
   *[other] Compared with the { $count } days before, { $first } to { $last }.
}
sales-compared-until-now = { $count ->
    [one] Compared with the day before, { $first }, until the same time.
   *[other] Compared with the { $count } days before, { $first } to { $last } until the same time.
}
sales-summary = Revenue { $revenue }, seats sold { $seats }, orders { $orders }.
sales-chart = { $what } · { $by }
sales-chart-in = { $what } in { $currency } · { $by }
sales-chart-about = Most: { $name }, { $most }. Together: { $together }.
sales-week-from = Week from { $day }
sales-others = { $count ->
    [one] One other
   *[other] { $count } others
}
sales-film-unknown = Film not recorded
sales-cinema-unknown = Cinema not recorded
sales-nothing = Nothing was sold.
sales-table = Table of the numbers
sales-rows-cut = The first { $shown } of { $all } rows. The file has all.
sales-file = Download as CSV
sales-as-of = As of { $time }
sales-reload = Load again
sales-pause = Pause updates
sales-resume = Resume updates
sales-lost = No connection. These are the last numbers.

problem-REPORT_RANGE_INVALID = Give the first and the last day, such as 2026-11-24. The last is not before the first, and there are { $limit } days at most.
problem-REPORT_TOO_LARGE = This is more than a report holds ({ $limit } rows). Choose fewer days, or a cinema.
