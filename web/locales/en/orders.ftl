# Orders, tickets, giving back, and the account.

order-title = Order { $order }
order-day-of-year = { $day } { $year }
order-when = When
order-hall = Hall
order-seats = Seats
order-seat = Seat
order-for-whom = Ticket
order-price = Price
order-total = Total
order-seat-is = Seat { $seat }
order-seats-are = { $count ->
    [one] Seat { $seats }
   *[other] Seats { $seats }
}
order-showing-unknown = Film and time cannot be shown right now. Your order is safe.
order-screening-cancelled = This screening was cancelled.
order-choose-again = Choose seats again
order-page-updates = This page shows the answer by itself.

order-ticket-adult = Adult
order-ticket-child = Child
order-ticket-student = Student
order-ticket-senior = Senior

order-state-open = To be paid
order-state-overdue = Time is over
order-state-processing = Being paid
order-state-paid = Paid
order-state-partly-refunded = Partly given back
order-state-refunded = Given back
order-state-cancelled = Cancelled
order-state-expired = Not paid in time
order-state-expired-waiting = Not paid in time

order-story-open = These seats are held for you. Pay before the time is over.
order-story-overdue = The time to pay is over. The seats are being given up.
order-story-processing = The payment is on its way. The bank has not answered yet; your seats are kept meanwhile, and nothing is charged twice.
order-story-paid = Paid. Enjoy the film!
order-story-partly-refunded = Some seats were given back. The tickets below still hold.
order-story-refunded = All seats of this order were given back.
order-story-cancelled = You gave up this order. Nothing was charged.
order-story-cancelled-with-screening = The screening was cancelled by the cinema. Nothing was charged.
order-story-expired = This order was not paid in time, so its seats were given up. Nothing was charged.
order-story-expired-waiting = The time to pay is over, and the bank has still not answered. If the payment succeeds, your seats are taken again where they are still free; if not, all of the money goes back to you.
order-story-paid-too-late = The payment came after the time was over, and the seats were gone. All of it, { $amount }, goes back to you.
order-story-seats-taken-again = The payment came after the time was over. The seats were still free, so they are yours.
order-story-screening-cancelled = The screening was cancelled by the cinema. All that you paid goes back to you.

order-pay-title = Pay
order-held-for = Held for you for
order-held-until = until { $time } at the cinema
order-minutes-left = { $minutes ->
    [one] One minute left to pay.
   *[other] { $minutes } minutes left to pay.
}
order-time-over = The time to pay is over, and the seats are free again. You can choose them anew.
order-pay = Pay { $amount }
order-cancel = Give up this order
order-try-again = Nothing was charged. Try again, or with another card.
order-declined-card-declined = The bank declined the card.
order-declined-insufficient-funds = There is not enough money on the card.
order-declined-card-expired = The card has expired.
order-declined-other = The payment was declined.

order-test-payment = Test payment
order-test-payment-about = No money moves. Choose what the test card does:
order-card-ok = Succeeds at once
order-card-declined = Declined by the bank
order-card-insufficient-funds = Declined: not enough money
order-card-expired = Declined: card expired
order-card-late = Answers late, then succeeds
order-card-late-declined = Answers late, then is declined
order-card-twice = Succeeds, and the bank reports it twice
order-card-timeout = Succeeds, but the bank's first answer is lost
order-card-refund-fails = Succeeds, but giving back will fail

order-tickets = Tickets
order-tickets-about = Show the code at the door, on the screen or on paper. If it cannot be scanned, staff can type the characters beneath it.
order-code-of = Code of the ticket for seat { $seat }
order-ticket-used = Used at the door
order-paid-in-all = Paid in all:
order-pdf = Tickets as PDF
order-calendar = Add to calendar
order-print = Print

order-refund-title = Give seats back
order-refunds = Given back
order-refund-which = Which seats?
order-refund-ask = Show what I get back
order-refund-back = You get back { $amount }
order-refund-kept = The cinema keeps { $fee }
order-refund-no-fee = The cinema keeps nothing.
order-refund-confirm = Give back for good
order-refund-keep = Keep my seats
order-refund-none-chosen = Choose at least one seat.
order-refund-nothing-left = There is nothing to give back in this order.
order-refund-amount-changed = What you get back has changed in the meantime. Look at it again before you confirm.
order-refund-why-buyer = Given back by you.
order-refund-why-cancelled = The screening was cancelled.
order-refund-why-late = Paid when the seats were gone.
order-refund-created = The money is on its way.
order-refund-succeeded = The money was sent back to where it came from.
order-refund-cash = The money is handed over in cash at the box office.
order-refund-failed = The bank refused to take the money back. We are looking into it; please ask the cinema.

orders-none = You have no orders yet.
orders-pages = Pages
orders-newest = Newest orders
orders-older = Older orders

account-title = Account
account-profile = About you
account-name = Name
account-user-name = User name
account-email = E-mail
account-phone = Phone, with its country: +44…
account-current-password = Current password
account-why-password = Needed only for another e-mail or phone number.
account-empty-stays = A field that is left empty stays as it was.
account-save = Save
account-profile-done = Saved.
account-password = Password
account-new-password = New password
account-password-ends-others = On all other devices you are signed out.
account-password-save = Change password
account-password-done = Your password is changed. On all other devices you are signed out.
account-password-wrong = The current password is wrong.
account-everywhere = Signed in elsewhere?
account-everywhere-about = Ends every sign-in of this account, on this device too.
account-everywhere-do = Sign out everywhere
