# The seating-plan editor.

plan-title = Seating plan of { $hall }
plan-title-new = Seating plan of a new hall
plan-open = Edit on the map
plan-edit = Edit the plan
plan-grid = Or straight rows
plan-grid-rows = Rows
plan-grid-seats = Seats in a row
plan-grid-aisles = Aisles after seats, such as 4, 12
plan-grid-numbers = Numbers begin
plan-seats = Seats
plan-seats-about = Names of seats, rows and zones, and ranges, with commas between: A1-A10, C, F-H. An asterisk is the whole hall. What is typed here is meant instead of what is selected.
plan-select = Select
plan-undo = Undo
plan-redo = Redo
plan-preview = As buyers see it
plan-edit-again = Back to editing
plan-preview-about = This is how buyers see the hall while every seat is free.
plan-map = Map
plan-boxing = Drag to select
plan-whole-rows = Whole rows
plan-none = Select none
plan-keys-title = Mouse and keys
plan-keys = Click a seat, drag a box, or click a row’s name. With Shift, a click selects up to that seat. Keys: arrows move, Space selects, Shift and an arrow select on the way, Shift and Space the row, Ctrl+A all, Escape none, Delete removes, Ctrl+Z undoes, Ctrl+Y redoes, + and − zoom.
plan-list = Seats as a list
plan-list-about = Tick seats here instead of on the map.
plan-count = { $seats ->
    [one] One seat.
   *[other] { $seats } seats.
}
plan-chosen = { $count ->
    [0] No seat selected
    [one] 1 seat selected
   *[other] { $count } seats selected
}
plan-kind = Kind of seat
plan-kind-couple = half of a couple seat
plan-kind-blocked = never sold
plan-apply = Apply
plan-move = Move by a seat or a row
plan-left = To the left
plan-right = To the right
plan-front = Towards the screen
plan-back = Away from the screen
plan-remove = Remove these seats
plan-rows = Rows and numbers
plan-rows-about = All of this is for the rows of the selected seats.
plan-row-name = New name of the row
plan-rename = Rename
plan-number = Number the seats
plan-from = From
plan-side-left = the left
plan-side-right = the right
plan-first = First number
plan-step = Steps
plan-number-do = Number
plan-add-seats = Add seats
plan-end = At the end on
plan-how-many = How many
plan-add-seats-do = Add seats
plan-add-row = Add a row
plan-where = Where
plan-row-behind = behind
plan-row-in-front = in front
plan-row-name-new = Name; the next letter where empty
plan-add-row-do = Add the row
plan-which-category = Which one
plan-category-new = A new one
plan-category-name = Name
plan-category-color = Colour
plan-category-put = Add or change
plan-category-remove = Remove
plan-found = What to look at
plan-found-nothing = Nothing: the plan can be saved.
plan-must-mend = To be mended:
plan-should-look = Please look:
plan-pick = Select these
plan-seat-minded = see what to look at
plan-found-couple-half = { $count ->
    [one] { $seats } is half of a couple seat without its other half beside it in the row.
   *[other] { $seats } are halves of couple seats without their other half beside them in the row.
}
plan-found-none-for-sale = No seat of this hall can be sold.
plan-found-overlap = { $seats } lie on each other.
plan-found-number-twice = { $seats } have the number of another seat in their row.
plan-found-number-missing = { $count ->
    [one] { $seats } has no number.
   *[other] { $seats } have no number.
}
plan-found-companion = { $count ->
    [one] { $seats } is for a companion, and there is no room for a wheelchair in its row.
   *[other] { $seats } are for companions, and there is no room for a wheelchair in their row.
}
plan-found-category-unused = No seat is of the category { $category }.
plan-found-unpriced = No price for { $category } in: { $lists }. Screenings with these prices cannot be planned in this hall.
plan-and-more = { $seats } and { $count } more
plan-save-title = Save
plan-unchanged = The draft is the same as the hall’s plan.
plan-change-removed = { $count ->
    [one] Removed: { $seats }
   *[other] Removed, { $count } seats: { $seats }
}
plan-change-added = { $count ->
    [one] New: { $seats }
   *[other] New, { $count } seats: { $seats }
}
plan-change-kind = Of another kind: { $seats }
plan-change-category = Of another category: { $seats }
plan-change-renamed = Row, number or zone reads otherwise: { $seats }
plan-change-moved = Elsewhere: { $seats }
plan-change-wording = Names or colours of categories, or the plan’s name
plan-stays = { $count ->
    [0] No ticket is touched: the new plan is for screenings planned from now on, and none is to come in this hall.
    [one] No ticket is touched: the new plan is for screenings planned from now on. The one that is to come keeps the plan it was planned with, and every seat that is held or sold for it.
   *[other] No ticket is touched: the new plan is for screenings planned from now on. The { $count } that are to come keep the plan they were planned with, and every seat that is held or sold for them.
}
plan-mend-first = Mend first what is marked to be mended: until then the plan cannot be saved.
plan-save = Save as plan { $version }
plan-build = Build the hall
plan-download-pretix = Download as pretix JSON
plan-download-drawing = Download as a drawing
plan-no-drawing = This plan cannot be drawn as text: rows are not straight, seats have names of their own, or seats of later categories are not ordinary ones.
plan-lost = The answer did not come. Try again.
plan-said-selected = { $count ->
    [0] No seat is selected.
    [one] 1 seat is selected.
   *[other] { $count } seats are selected.
}
plan-said-set = { $count ->
    [one] 1 seat is changed.
   *[other] { $count } seats are changed.
}
plan-said-moved = { $count ->
    [one] 1 seat has moved.
   *[other] { $count } seats have moved.
}
plan-said-added = { $count ->
    [one] 1 seat is added.
   *[other] { $count } seats are added.
}
plan-said-removed = The seats are removed.
plan-said-categories = The categories are changed.
plan-said-undone = The last step is undone.
plan-said-redone = The step is done again.

problem-PLAN_SEATS_UNKNOWN = There is no seat, row or zone called { $seats }.
problem-PLAN_SEATS_MISSING = Select seats first.
problem-PLAN_SEAT_TWICE = There would be two seats called { $seat }, so nothing was changed.
problem-PLAN_ROW_MISSING = Select seats of one row only.
problem-PLAN_ROW_EXISTS = There is a row { $row } already.
problem-PLAN_NAME_INVALID = { $name } cannot be the name of a row: letters, digits, dots, dashes and spaces, 16 at most.
problem-PLAN_CATEGORY_UNKNOWN = There is no category { $category }.
problem-PLAN_CATEGORY_EXISTS = There is a category { $category } already.
problem-PLAN_CATEGORY_IN_USE = Seats are of the category { $category }: { $seats }. Give them another one first.
problem-PLAN_CATEGORY_NAMELESS = Give the category a name.
problem-PLAN_COLOR_INVALID = { $color } is no colour. Write it as #3b82f6.
problem-PLAN_EMPTY = A hall needs at least one seat, so nothing was removed.
problem-PLAN_TOO_LARGE = That is more than there may be: { $limit } at most.
problem-PLAN_OUTDATED = Somebody has saved plan { $plan_version } of this hall meanwhile. Your draft is still here, and what it changes is told against that plan now. Save again to put yours in its place.
