-- Keeps seats for a purchase that is being decided: all of them, or none.
-- KEYS: gate. ARGV: token of the purchase, how long it may take in ms, age in ms at which a gate is made anew, seats...
-- Answers {kept, due}: kept 1 with no more, or 0 and the positions of the seats that are not free; due 1 where the
-- gate is to be made anew; {-1} where there is no gate.
local fields = {'#built'}
for at = 4, #ARGV do
  fields[#fields + 1] = 'c:' .. ARGV[at]
  fields[#fields + 1] = 'w:' .. ARGV[at]
end
local values = redis.call('HMGET', KEYS[1], unpack(fields))
if not values[1] then
  return {-1}
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local due = now - (tonumber(values[1]) or 0) > tonumber(ARGV[3]) and 1 or 0
local answer = {0, due}
for at = 1, #ARGV - 3 do
  local claim, want = values[2 * at], values[2 * at + 1]
  local taken = claim and string.sub(claim, 1, 1) ~= 'f'
  if not taken and want then
    local deadline, token = string.match(want, '^(%d+) (.*)$')
    taken = (tonumber(deadline) or 0) > now and token ~= ARGV[1]
  end
  if taken then
    answer[#answer + 1] = at - 1
  end
end
if #answer > 2 then
  return answer
end
local want = string.format('%.0f %s', now + tonumber(ARGV[2]), ARGV[1])
local writes = {}
for at = 4, #ARGV do
  writes[#writes + 1] = 'w:' .. ARGV[at]
  writes[#writes + 1] = want
end
redis.call('HSET', KEYS[1], unpack(writes))
answer[1] = 1
return answer
