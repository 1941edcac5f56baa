-- How a gate is.
-- KEYS: gate.
-- Answers {number of the last change, age in ms}, or {-1} where there is no gate.
local meta = redis.call('HMGET', KEYS[1], '#built', '#seq')
if not meta[1] then
  return {-1}
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local built, sequence = tonumber(meta[1]), meta[2] and tonumber(meta[2])
if not built or not sequence then
  return {-1}
end
return {sequence, now - built}
