/// Property names as configuration keys.
enum SnakeCase {
    /// `klWeight` → `kl_weight`; what is in snake_case already stays.
    static func from(_ name: String) -> String {
        var key = ""
        for scalar in name.unicodeScalars {
            if "A"..."Z" ~= scalar {
                if !key.isEmpty { key += "_" }
                key += String(scalar).lowercased()
            } else {
                key.unicodeScalars.append(scalar)
            }
        }
        return key
    }
}
