# A screening: its hall, and choosing seats there.

hall-other-times = Other times
hall-map = Seats
hall-map-of = Seat map of { $hall }
hall-map-keys = Arrow keys move from seat to seat, space chooses, + and − zoom.
hall-screen = Screen
hall-zoom-in = Zoom in
hall-zoom-out = Zoom out
hall-zoom-all = Whole hall
hall-row = Row { $row }
hall-zone = { $zone }
hall-zone-row = { $zone }, row { $row }
hall-row-nameless = Seats
hall-seat = { $row } seat { $number }
hall-seat-alone = { $row } seat { $number }
hall-list-separator = {", "}

hall-kind-standard = standard
hall-kind-wheelchair = wheelchair space
hall-kind-companion = companion seat
hall-kind-couple = couple seat
hall-kind-blocked = no seat
hall-state-free = free
hall-state-held = being bought
hall-state-sold = sold
hall-state-unavailable = not for sale
hall-state-chosen = chosen
hall-state-yours = held for you
hall-key-free = Free
hall-key-chosen = Chosen by you
hall-key-held = Being bought
hall-key-yours = Held for you
hall-key-sold = Sold
hall-key-unavailable = Not for sale

hall-prices = Prices
hall-ticket-adult = Adult
hall-ticket-child = Child
hall-ticket-student = Student
hall-ticket-senior = Senior
hall-chosen = Your seats
hall-none-chosen = No seat chosen yet. Choose on the map or in the list.
hall-ticket-for = Ticket for { $seats }
hall-remove = Remove { $seats }
hall-added = { $seats } chosen.
hall-removed = { $seats } no longer chosen.
hall-total = Total
hall-hold = Hold these seats
hall-hold-means = Held for a few minutes while you pay. Nothing is charged yet.
hall-too-many = { $count } seats at most in one order.
hall-list = Choose from a list
hall-list-means = Tick the seats, then take them over to choose tickets, or hold them at once.
hall-list-take = Take over these seats

hall-best = Best seats together
hall-best-count = How many
hall-best-up-to = Each up to
hall-best-any = any price
hall-best-find = Find
hall-best-found = { $count ->
    [one] The best seat: { $seats }.
   *[other] The best { $count } seats together: { $seats }.
}
hall-best-none = { $count ->
    [one] No seat is left for that price.
   *[other] No { $count } seats together are left for that. Try fewer, or another price.
}

hall-just-taken = { $count ->
    [one] { $seats } was just taken by somebody else and is no longer chosen.
   *[other] { $seats } were just taken by somebody else and are no longer chosen.
}
hall-offer-instead = Take { $seats } instead
hall-yours-held = { $count ->
    [one] { $seats } is held for you already.
   *[other] { $seats } are held for you already.
}
hall-yours-pay = Pay for this order
hall-yours-paid = { $count ->
    [one] You have a ticket for { $seats } already.
   *[other] You have tickets for { $seats } already.
}
hall-yours-tickets = Show the tickets
hall-alone = { $count ->
    [one] Your choice leaves seat { $seats } alone: hardly anybody buys a single seat.
   *[other] Your choice leaves seats { $seats } alone: hardly anybody buys a single seat.
}
hall-alone-may = You can choose otherwise, or hold your seats as they are.
hall-alone-must = Please choose otherwise.
hall-alone-instead = Take { $seats } instead
hall-alone-with = Take { $seats } all together

hall-live-lost = The map is not up to date at the moment; we keep trying.
hall-live-back = The map is up to date again.
hall-full = No seat is free at the moment. Seats that are being bought may come free again.
hall-cancelled = This screening was cancelled. Tickets already bought are refunded.
hall-cancelled-why = This screening was cancelled: “{ $why }”. Tickets already bought are refunded.
hall-not-open = Sales open on { $day } at { $time }.
hall-closed = Sales for this screening are closed. Ask at the box office.
hall-begun = This screening has begun; no more tickets are sold.
hall-over = This screening is over.
