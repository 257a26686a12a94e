-- The mean of the last values of each key.
local size = 1
local values = {}

function init(settings)
  size = tonumber(settings.size)
end

function create(data, context)
  local kept = values[data.key] or {}
  values[data.key] = kept
  kept[#kept + 1] = data.value
  if #kept > size then table.remove(kept, 1) end
  local sum = 0
  for _, value in ipairs(kept) do sum = sum + value end
  return { mean = sum / #kept }
end
