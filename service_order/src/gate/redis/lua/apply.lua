-- Takes note of what was committed, or (with a fence) of what the database has while the gate is made anew.
-- KEYS: gate, channel. ARGV: fence or '', '1' for a sharded channel, how long a seat that came free remembers
-- whose it was in s, and then for each event: seat, order, step.
-- Answers 1, or 0 where there is no gate or it is made anew by another. Where there is no gate, it is remembered all
-- the same for a while: a gate made meanwhile must not take older news for newer ones.
--
-- A seat remembers every order that has it or lately had it, with the last step of each: 1 held, 2 given up, 3 sold,
-- 4 given back. Of two steps of an order the later one stands; a seat is free when no order is at 1 or 3. So it does
-- not matter in which order, or how often, events come in. A value is the state (f, h or s), and order:step:seconds
-- for each order.
local MOST_REMEMBERED = 64
local gate, channel, fence = KEYS[1], KEYS[2], ARGV[1]
local meta = redis.call('HMGET', gate, '#built', '#fence', '#seq')
local whole = meta[1] or meta[2]
if fence ~= '' and meta[2] ~= fence then
  return 0
end
local now = tonumber(redis.call('TIME')[1])
local forget = now - tonumber(ARGV[3])

local function merged(value, order, step)
  local kept, past, known, held, sold = {}, 0, false, false, false
  local function keep(an_order, a_step, at)
    local live = a_step == '1' or a_step == '3'
    held, sold = held or a_step == '1', sold or a_step == '3'
    if live or tonumber(at) > forget then
      kept[#kept + 1] = an_order .. ':' .. a_step .. ':' .. at
      past = past + (live and 0 or 1)
    end
  end
  for an_order, a_step, at in string.gmatch(value or '', '(%d+):(%d):(%d+)') do
    if an_order == order then
      known = true
      if step > a_step then
        a_step, at = step, string.format('%.0f', now)
      end
    end
    keep(an_order, a_step, at)
  end
  if not known then
    keep(order, step, string.format('%.0f', now))
  end
  local at = 1
  while past > MOST_REMEMBERED and at <= #kept do
    if string.find(kept[at], ':[24]:') then
      table.remove(kept, at)
      past = past - 1
    else
      at = at + 1
    end
  end
  return (sold and 's' or held and 'h' or 'f') .. ' ' .. table.concat(kept, ',')
end

local seats, fields = {}, {}
for at = 4, #ARGV, 3 do
  if not seats[ARGV[at]] then
    seats[ARGV[at]] = true
    fields[#fields + 1] = ARGV[at]
  end
end
local names = {}
for at = 1, #fields do
  names[at] = 'c:' .. fields[at]
end
local before, after = {}, {}
local values = redis.call('HMGET', gate, unpack(names))
for at = 1, #fields do
  before[fields[at]] = values[at]
  after[fields[at]] = values[at]
end
local decided = {}
for at = 4, #ARGV, 3 do
  after[ARGV[at]] = merged(after[ARGV[at]], ARGV[at + 1], ARGV[at + 2])
  if ARGV[at + 2] == '1' or ARGV[at + 2] == '3' then
    -- Who wanted it has it, or has lost it.
    decided[#decided + 1] = 'w:' .. ARGV[at]
  end
end
local writes, changes, changed = {}, {}, false
for at = 1, #fields do
  local seat = fields[at]
  writes[#writes + 1] = 'c:' .. seat
  writes[#writes + 1] = after[seat]
  local was, is = string.sub(before[seat] or 'f', 1, 1), string.sub(after[seat], 1, 1)
  if was ~= is then
    changes[seat], changed = is, true
  end
end
redis.call('HSET', gate, unpack(writes))
if #decided > 0 then
  redis.call('HDEL', gate, unpack(decided))
end
if not whole then
  redis.call('EXPIRE', gate, ARGV[3])
  return 0
end
if fence == '' and changed then
  local sequence = string.format('%.0f', tonumber(meta[3] or '0') + 1)
  redis.call('HSET', gate, '#seq', sequence)
  local how = ARGV[2] == '1' and redis.REDIS_VERSION_NUM and 'SPUBLISH' or 'PUBLISH'
  redis.call(how, channel, cjson.encode({sequence = sequence, changes = changes}))
end
return 1
