-- Begins to make a gate anew: forgets what it says of seats, but not which purchases are being decided, nor whose
-- seats lately came free.
-- KEYS: gate. ARGV: fence, age in ms at which a gate is made anew, how long a seat that came free remembers in s, how
-- long a gate nobody asks is kept in ms.
-- Answers 1; 0 where somebody with a higher fence has begun; 2 where the gate is good as it is.
-- What somebody else wrote there goes: a key of another type, and numbers that are none.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' and kind ~= 'none' then
  redis.call('DEL', KEYS[1])
end
local meta = redis.call('HMGET', KEYS[1], '#built', '#fence', '#seq')
local built = meta[1] and tonumber(meta[1])
local fence = meta[2] and tonumber(meta[2])
local said = meta[3] and tonumber(meta[3]) and meta[3]
if fence and fence > tonumber(ARGV[1]) then
  return 0
end
local time = redis.call('TIME')
local seconds = tonumber(time[1])
local now = seconds * 1000 + math.floor(tonumber(time[2]) / 1000)
if built and said and now - built <= tonumber(ARGV[2]) then
  return 2
end
local forget = seconds - tonumber(ARGV[3])
local all = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
-- Numbers of changes rise across the loss of everything too: they begin at the time in microseconds.
local sequence = math.max(tonumber(said or '0'), seconds * 1000000 + tonumber(time[2]))
redis.call('HSET', KEYS[1], '#fence', ARGV[1], '#seq', said or string.format('%.0f', sequence))
-- A hash with a value of more than 64 bytes is a table. As the list that Redis makes of short ones, every look-up
-- would read half of it: https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/memory-optimization
redis.call('HSET', KEYS[1], '#table', string.rep('.', 65))
for at = 1, #all, 2 do
  local field, value = all[at], all[at + 1]
  local kind = string.sub(field, 1, 2)
  if kind == 'w:' then
    if (tonumber(string.match(value, '^%d+')) or 0) > now then
      redis.call('HSET', KEYS[1], field, value)
    end
  elseif kind == 'c:' then
    local kept = {}
    for order, step, since in string.gmatch(value, '(%d+):([24]):(%d+)') do
      if tonumber(since) > forget then
        kept[#kept + 1] = order .. ':' .. step .. ':' .. since
      end
    end
    if #kept > 0 then
      redis.call('HSET', KEYS[1], field, 'f ' .. table.concat(kept, ','))
    end
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
